import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';
import { keyOf } from './fields.ts';

/**
 * Instants closer than this are looked up by one stretch of time; when that makes many, those are joined that lie
 * as far apart as the readings of a slow sensor.
 */
const GAPS_MS = [60_000, 600_000, 1_800_000] as const;
const FEW_STRETCHES = 20;

/** What is known of one measurement. */
export interface Kept {
  /** What type of values each metric's field takes. */
  readonly types: ReadonlyMap<string, MetricType>;
  /** Newest instant of each point. */
  readonly newest: Map<string, number>;
}

/** Asks a server what it holds. */
export interface HeldSource {
  load(kind: string): Promise<Kept>;
  /** Adds the values, by `keyOf`, that lie under these points of one kind in stretches of [first, last]. */
  lookUp(
    series: Iterable<Series>,
    stretches: readonly Stretch[],
    held: Map<string, ReadingValue>,
  ): Promise<void>;
}

export type Stretch = readonly [first: number, last: number];

/**
 * Finds what the database already holds under the readings of a write. InfluxDB itself lets the last value
 * win, so the first one must be found before writing. A reading newer than all of its point needs no query;
 * this store must therefore be the only writer of its database.
 */
export class Held {
  readonly #source: HeldSource;
  readonly #kept = new Map<string, Kept>();

  constructor(source: HeldSource) {
    this.#source = source;
  }

  /** The points among these whose field takes values of another type, and which. */
  async clashing(series: Iterable<Series>): Promise<ReadonlyMap<string, MetricType>> {
    const clashing = new Map<string, MetricType>();
    for (const { point, kind, metric, type } of series) {
      const known = (await this.#kind(kind)).types.get(metric);
      if (known !== undefined && known !== type) clashing.set(point, known);
    }
    return clashing;
  }

  /** Values held under these readings, by `keyOf`. */
  async find(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<Map<string, ReadingValue>> {
    const kinds = new Set(readings.map(({ point }) => (series.get(point) as Series).kind));
    for (const kind of kinds) await this.#kind(kind);
    const old = readings.filter(({ point, at }) => {
      const { newest } = this.#kept.get((series.get(point) as Series).kind) as Kept;
      return at <= (newest.get(point) ?? Number.NEGATIVE_INFINITY);
    });
    return await this.lookUp(old, series);
  }

  /** Values held under these readings, by `keyOf`, asked of the server for each. */
  async lookUp(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<Map<string, ReadingValue>> {
    const held = new Map<string, ReadingValue>();
    const kinds = Map.groupBy(readings, ({ point }) => (series.get(point) as Series).kind);
    for (const some of kinds.values()) {
      const involved = new Set(some.map(({ point }) => series.get(point) as Series));
      await this.#source.lookUp(involved, stretchesOf(some), held);
    }
    return held;
  }

  /** To be told of what was written. */
  wrote(readings: readonly Reading[], series: ReadonlyMap<string, Series>): void {
    for (const { point, at } of readings) {
      const kept = this.#kept.get((series.get(point) as Series).kind);
      if (kept !== undefined && at > (kept.newest.get(point) ?? -1)) kept.newest.set(point, at);
    }
  }

  /** To be called when a write may have been done in part. */
  forget(): void {
    this.#kept.clear();
  }

  async #kind(kind: string): Promise<Kept> {
    const known = this.#kept.get(kind);
    if (known !== undefined) return known;
    const kept = await this.#source.load(kind);
    this.#kept.set(kind, kept);
    return kept;
  }
}

/** Stretches of time that cover the readings. */
function stretchesOf(readings: readonly Reading[]): Stretch[] {
  const instants = Float64Array.from(readings, ({ at }) => at).sort();
  let stretches: Stretch[] = [];
  for (const gap of GAPS_MS) {
    stretches = covering(instants, gap);
    if (stretches.length <= FEW_STRETCHES) break;
  }
  return stretches;
}

function covering(instants: Float64Array, gap: number): Stretch[] {
  const stretches: [number, number][] = [];
  for (const at of instants) {
    const last = stretches.at(-1);
    if (last !== undefined && at - last[1] <= gap) last[1] = at;
    else stretches.push([at, at]);
  }
  return stretches;
}

/**
 * The readings to be written; adds to `held` what they will make, and to `conflicts` those that differ from
 * what is held.
 */
export function sift(
  readings: readonly Reading[],
  held: Map<string, ReadingValue>,
  differs: (offered: Reading, held: ReadingValue) => void,
): Reading[] {
  const fresh: Reading[] = [];
  for (const reading of readings) {
    const key = keyOf(reading);
    const value = held.get(key);
    if (value === undefined) {
      held.set(key, reading.value);
      fresh.push(reading);
    } else if (value !== reading.value) differs(reading, value);
  }
  return fresh;
}
