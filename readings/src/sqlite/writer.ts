import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodeReadings } from '../frame/index.ts';
import type { MetricType, Reading, ReadingValue } from '../reading.ts';
import { typeOfValue } from '../store/check.ts';
import { HOUR, hourOf } from '../store/rollup.ts';
import type { RawRetention } from '../store.ts';
import { Expirer } from './expirer.ts';
import { Folder } from './folder.ts';
import { firstFrom, valueOfRow } from './hour-rows.ts';
import { KnownSeries, type SeriesState } from './known-series.ts';
import { Ledger } from './ledger.ts';
import { lock } from './lock.ts';
import { migrate } from './migrate.ts';
import type { WriteOutcome, Writing } from './protocol.ts';
import { HISTORY, openForWriting, SLOT, STAMPED, TYPES } from './schema.ts';
import { writeIn } from './transaction.ts';

/** An hour that ended so long ago is folded even when nothing else comes. */
const GRACE = HOUR / 4;

/** Everything that changes the readings file; runs in the writing thread. */
export function createWriter(file: string, rawRetentionMs: RawRetention): Writing {
  const unlock = lock(file);
  try {
    const database = openForWriting(file);
    migrate(database);
    return writingOf(database, rawRetentionMs, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function writingOf(
  database: DatabaseSync,
  rawRetentionMs: RawRetention,
  unlock: () => void,
): Writing {
  const known = new KnownSeries(database);
  const ledger = new Ledger(database);
  const lander = new Lander(database, known, ledger);
  const folder = new Folder(database, known, ledger);
  const expirer = new Expirer(database, known);
  const settled = () => ledger.settled(known.rawFrom);
  return {
    write(bytes) {
      const outcome = lander.write(decodeReadings(bytes));
      // Writers that do not wait for each other would let the landing grow without end.
      if (ledger.crowded) folder.turn(settled);
      return { ...outcome, foldable: settled() !== null };
    },
    fold: () => folder.turn(settled) && settled() !== null,
    expire(now) {
      if (folder.turn(() => ledger.endedBefore(now - GRACE))) return true;
      return rawRetentionMs !== null && expirer.turn(hourOf(now - rawRetentionMs));
    },
    close() {
      database.close();
      unlock();
    },
  };
}

type Outcome = {
  -readonly [Name in keyof Omit<
    WriteOutcome,
    'foldable'
  >]: WriteOutcome[Name] extends readonly (infer T)[] ? T[] : WriteOutcome[Name];
};

/** Lands readings, each write in one transaction; a write that comes twice changes nothing. */
class Lander {
  readonly #database: DatabaseSync;
  readonly #known: KnownSeries;
  readonly #ledger: Ledger;
  readonly #add: StatementSync;
  readonly #find: StatementSync;
  readonly #putNewest: StatementSync;

  constructor(database: DatabaseSync, known: KnownSeries, ledger: Ledger) {
    this.#database = database;
    this.#known = known;
    this.#ledger = ledger;
    this.#add = database.prepare(
      'INSERT INTO landing (slot, series, ms, value, lag, marks) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#find = database.prepare(
      'SELECT value FROM landing WHERE slot = ? AND series = ? AND ms = ?',
    );
    this.#putNewest = database.prepare(
      'INSERT OR REPLACE INTO newest (series, first, at, value, lag, marks) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  write(readings: readonly Reading[]): Outcome {
    const outcome: Outcome = { written: 0, conflicts: [], mistyped: [], expired: [] };
    const counts = new Map<number, number>();
    try {
      writeIn(this.#database, () => this.#landAll(readings, outcome, counts));
    } catch (error) {
      this.#known.forget();
      throw error;
    }
    this.#ledger.landed(counts);
    return outcome;
  }

  #landAll(readings: readonly Reading[], outcome: Outcome, counts: Map<number, number>): void {
    const grown = new Set<SeriesState>();
    for (let index = 0; index < readings.length; index += 1) {
      const reading = readings[index] as Reading;
      const type = TYPES.indexOf(typeOfValue(reading.value));
      const series = this.#known.of(reading.point, type);
      if (series.type !== type) {
        outcome.mistyped.push({ index, held: TYPES[series.type] as MetricType });
        continue;
      }
      const hour = hourOf(reading.at);
      const held = this.#held(series, reading, hour);
      if (held === undefined) {
        outcome.written += 1;
        counts.set(hour, (counts.get(hour) ?? 0) + 1);
        if (grow(series, reading)) grown.add(series);
      } else if (held === 'gone') outcome.expired.push(index);
      else if (held.value !== reading.value) outcome.conflicts.push({ index, held: held.value });
    }
    for (const { id, first, newest } of grown) {
      if (newest === null) continue;
      this.#putNewest.run(id, first, newest.at, newest.value, newest.lag, newest.marks);
    }
  }

  /** What was there under (point, at) before; undefined when nothing was, and the reading has landed. */
  #held(
    series: SeriesState,
    { at, received, value, stamped, history }: Reading,
    hour: number,
  ): { readonly value: ReadingValue } | 'gone' | undefined {
    const folded = this.#known.lookInto(series, hour);
    if (folded === 'gone') return 'gone';
    if (folded !== null) {
      const row = firstFrom(folded, at);
      if (row < folded.length && folded.at[row] === at) {
        return { value: valueOfRow(series.type, folded, row) };
      }
    }
    const slot = Math.floor(at / SLOT);
    const ms = at - slot * SLOT;
    const marks = marksOf(stamped, history);
    const { changes } = this.#add.run(slot, series.id, ms, bindable(value), received - at, marks);
    if (changes === 1) return undefined;
    const found = this.#find.get(slot, series.id, ms) as { value: number | string };
    return { value: TYPES[series.type] === 'flag' ? found.value === 1 : found.value };
  }
}

function marksOf(stamped: boolean, history: boolean): number {
  return (stamped ? STAMPED : 0) | (history ? HISTORY : 0);
}

/** A JavaScript number is bound as REAL, so a flag goes as a big integer. −0 is 0 to every store. */
function bindable(value: ReadingValue): number | string | bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return value === 0 ? 0 : value;
}

/** @returns whether the point's first or newest reading changed */
function grow(series: SeriesState, { at, received, value, stamped, history }: Reading): boolean {
  const earlier = at < series.first;
  if (earlier) series.first = at;
  if (series.newest !== null && at < series.newest.at) return earlier;
  const marks = marksOf(stamped, history);
  series.newest = { at, value: bindable(value), lag: received - at, marks };
  return true;
}
