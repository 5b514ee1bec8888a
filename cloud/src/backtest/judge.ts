import { describeSeries, type Estate } from '@caretaker/devices/model';
import type { DescribePoint, ReadingColumns } from '@caretaker/readings';
import type { Standard } from '@caretaker/standards';
import { createEngine, type Engine } from '@caretaker/standards/engine';
import { pointGroups } from './groups.ts';
import type { Breach } from './tally.ts';

/** Where a backtest reads: a store, or a file of one. */
export interface ColumnScan {
  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns>;
}

export interface Judging {
  readonly estate: Estate;
  /** Each is judged by an engine of its own over the same scan. */
  readonly standards: readonly Standard[];
  /** How far back the engines judge, milliseconds; that of the product. */
  readonly horizon: number;
  readonly from: number;
  readonly to: number;
}

export interface Judged {
  /** By the number of the standard. */
  readonly breaches: readonly (readonly Breach[])[];
  readonly readings: number;
}

/** So often time passes for the engine, in the readings' own time: then it forgets what lies behind the horizon. */
const day = 24 * 3_600_000;

/**
 * Runs the engine over stored readings, one group of related assets after another, each in the order of time:
 * what stands in the end is what would have stood, for it does not depend on the order of arrival. Group by
 * group, the file is read where it lies together and the engine finds in the cache what it needs; each has an
 * engine of its own, which is let go of with it.
 * @param seen called with each batch and the share done, 0 to 1
 */
export async function judgeStored(
  scan: ColumnScan,
  { estate, standards, horizon, from, to }: Judging,
  seen: (columns: ReadingColumns, done: number) => void = () => {},
): Promise<Judged> {
  const judges = standards.map((standard) => new Judge(standard, estate, horizon));
  let readings = 0;
  const groups = pointGroups(estate);
  const all = groups.flat().length;
  let before = 0;
  for (const points of groups) {
    for (const judge of judges) judge.turnTo(points);
    for await (const columns of scan.scanColumns(from, to, points)) {
      readings += columns.length;
      for (const judge of judges) judge.accept(columns);
      const newest = columns.at[columns.length - 1] as number;
      seen(columns, (before + points.length * ((newest - from) / (to - from))) / all);
    }
    for (const judge of judges) judge.finish(to);
    before += points.length;
  }
  return { breaches: judges.map((judge) => judge.breaches()), readings };
}

/** Judges by one standard: the engine of the group in hand, and what was said so far. */
class Judge {
  readonly #standard: Standard;
  readonly #estate: Estate;
  readonly #horizon: number;
  readonly #describe: DescribePoint;
  #engine: Engine;
  #gateways: ReadonlySet<string> = new Set();
  /** When time passes next; −Infinity until there was a reading. */
  #due = Number.NEGATIVE_INFINITY;
  /** The engine's number of each point of the scan. */
  #numbers = new Int32Array(0);
  /** Points of the scan whose values are words, and whether there is any. */
  #isState = new Uint8Array(0);
  #words = false;
  readonly #said = new Map<string, Breach>();
  #point = new Int32Array(0);
  #value = new Float64Array(0);

  constructor(standard: Standard, estate: Estate, horizon: number) {
    this.#standard = standard;
    this.#estate = estate;
    this.#horizon = horizon;
    this.#describe = describeSeries([estate]);
    this.#engine = this.#engineOf([]);
  }

  /** Says which points the next scan is of: all of the assets that they belong to. */
  turnTo(points: readonly string[]): void {
    const known = new Set(points);
    const assets = this.#estate.assets.filter((a) => a.points.some((p) => known.has(p.id)));
    this.#engine = this.#engineOf(assets);
    this.#gateways = new Set([this.#estate.gateway, ...assets.map((asset) => asset.gateway)]);
    this.#due = Number.NEGATIVE_INFINITY;
    this.#numbers = Int32Array.from(points, (point) => this.#engine.point(point));
    this.#isState = Uint8Array.from(points, (point) =>
      Number(this.#describe(point)?.type === 'state'),
    );
    this.#words = this.#isState.includes(1);
  }

  accept(columns: ReadingColumns): void {
    const { length, at, received, history } = columns;
    const point = this.#pointsOf(columns);
    const value = this.#words ? this.#codesOf(columns) : columns.value;
    const works = this.#engine.acceptColumns({ length, point, at, received, value, history });
    if (works.length > 0) throw new Error('a scan in the order of time has made late work');
    // Another reading of the newest instant may be in the next columns.
    const passed = (at[length - 1] as number) - 1;
    if (passed >= this.#due) {
      if (this.#due > Number.NEGATIVE_INFINITY) this.#advance(passed);
      this.#due = passed + day;
    }
    this.#hear();
  }

  /** Lets time pass until the end of the period for every gateway of the group. */
  finish(to: number): void {
    this.#advance(to);
    this.#hear();
  }

  /** Every episode that stands. */
  breaches(): Breach[] {
    return [...this.#said.values()];
  }

  #engineOf(assets: Estate['assets']): Engine {
    const estates = [{ ...this.#estate, assets }];
    return createEngine({ standard: this.#standard, estates, horizon: this.#horizon });
  }

  #advance(time: number): void {
    for (const gateway of this.#gateways) this.#engine.advance(gateway, time);
  }

  /** Points of the scan become those of the engine. */
  #pointsOf({ length, point }: ReadingColumns): Int32Array {
    if (this.#point.length < length) this.#point = new Int32Array(length);
    const into = this.#point;
    const numbers = this.#numbers;
    for (let k = 0; k < length; k += 1) into[k] = numbers[point[k] as number] as number;
    return into;
  }

  /** The same of values that are words; others stay as they are. */
  #codesOf({ length, point, value, words }: ReadingColumns): Float64Array {
    if (this.#value.length < length) this.#value = new Float64Array(length);
    const into = this.#value;
    const codes = words.map((word) => this.#engine.word(word));
    const isState = this.#isState;
    for (let k = 0; k < length; k += 1) {
      const given = value[k] as number;
      into[k] = isState[point[k] as number] === 1 ? (codes[given] as number) : given;
    }
    return into;
  }

  #hear(): void {
    for (const change of this.#engine.drain()) {
      if (change.type !== 'opened') this.#said.delete(keyOf(change.was));
      if (change.type === 'withdrawn') continue;
      const { subject, rule, item, onset, detected, end, severity, latched } = change.episode;
      this.#said.set(keyOf(change.episode), {
        subject,
        rule,
        item,
        onset,
        detected,
        end,
        severity,
        latched,
      });
    }
  }
}

function keyOf({ subject, rule, onset }: { subject: string; rule: string; onset: number }): string {
  return `${subject}\n${rule}\n${onset}`;
}
