import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodeReadings } from '../frame/index.ts';
import type { MetricType, Reading, ReadingValue } from '../reading.ts';
import { typeOfValue } from '../store/check.ts';
import { lock } from './lock.ts';
import type { WriteOutcome, Writing } from './protocol.ts';
import { HISTORY, openForWriting, STAMPED, TYPES } from './schema.ts';

/** Rows of one transaction: large enough for the rate, small enough that the log stays short. */
const CHUNK = 5_000;

interface SeriesRow {
  readonly id: number;
  readonly type: number;
}

interface Grown {
  first: number;
  last: number;
}

/** Everything that changes the readings file; runs in the writing thread. */
export function createWriter(file: string): Writing {
  const unlock = lock(file);
  try {
    const database = openForWriting(file);
    const writer = new ChunkWriter(database);
    return {
      write(bytes) {
        const readings = decodeReadings(bytes);
        const outcome: Outcome = { written: 0, conflicts: [], mistyped: [] };
        for (let from = 0; from < readings.length; from += CHUNK) {
          writer.write(readings, from, Math.min(from + CHUNK, readings.length), outcome);
        }
        return outcome;
      },
      close() {
        database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Writes readings in transactions of one chunk; a chunk written twice changes nothing. */
class ChunkWriter {
  readonly #database: DatabaseSync;
  readonly #known = new Map<string, SeriesRow>();
  readonly #findSeries: StatementSync;
  readonly #addSeries: StatementSync;
  readonly #addReading: StatementSync;
  readonly #findValue: StatementSync;
  readonly #growSpan: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#findSeries = database.prepare('SELECT id, type FROM series WHERE point = ?');
    this.#addSeries = database.prepare(
      'INSERT INTO series (point, type) VALUES (?, ?) RETURNING id, type',
    );
    this.#addReading = database.prepare(
      'INSERT INTO reading (series, at, value, lag, flags) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#findValue = database.prepare('SELECT value FROM reading WHERE series = ? AND at = ?');
    this.#growSpan = database.prepare(`
      INSERT INTO span (series, first, last) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
      SET first = min(first, excluded.first), last = max(last, excluded.last)
    `);
  }

  write(readings: readonly Reading[], from: number, until: number, outcome: Outcome): void {
    const found = new Map<string, SeriesRow>();
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#insertAll(readings, from, until, found, outcome);
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    // Only now: a series of a chunk that was rolled back does not exist.
    for (const [point, series] of found) this.#known.set(point, series);
  }

  #insertAll(
    readings: readonly Reading[],
    from: number,
    until: number,
    found: Map<string, SeriesRow>,
    outcome: Outcome,
  ): void {
    const grown = new Map<number, Grown>();
    for (let index = from; index < until; index++) {
      const reading = readings[index] as Reading;
      const type = TYPES.indexOf(typeOfValue(reading.value));
      const series = found.get(reading.point) ?? this.#series(reading.point, type);
      if (series.type !== type) {
        outcome.mistyped.push({ index, held: TYPES[series.type] as MetricType });
        continue;
      }
      found.set(reading.point, series);
      if (insert(this.#addReading, series.id, reading)) {
        outcome.written += 1;
        grow(grown, series.id, reading.at);
      } else {
        const held = heldValue(this.#findValue, series, reading.at);
        if (held !== reading.value) outcome.conflicts.push({ index, held });
      }
    }
    for (const [series, { first, last }] of grown) this.#growSpan.run(series, first, last);
  }

  #series(point: string, type: number): SeriesRow {
    const row =
      this.#known.get(point) ?? this.#findSeries.get(point) ?? this.#addSeries.get(point, type);
    return row as unknown as SeriesRow;
  }
}

type Outcome = {
  written: number;
  conflicts: WriteOutcome['conflicts'][number][];
  mistyped: WriteOutcome['mistyped'][number][];
};

function insert(statement: StatementSync, series: number, reading: Reading): boolean {
  const { at, received, value, stamped, history } = reading;
  const flags = (stamped ? STAMPED : 0) | (history ? HISTORY : 0);
  return statement.run(series, at, bindable(value), received - at, flags).changes === 1;
}

/** A JavaScript number is bound as REAL, so a flag goes as a big integer. −0 is 0 to every store. */
function bindable(value: ReadingValue): number | string | bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return value === 0 ? 0 : value;
}

function heldValue(statement: StatementSync, series: SeriesRow, at: number): ReadingValue {
  const { value } = statement.get(series.id, at) as { value: number | string };
  return TYPES[series.type] === 'flag' ? value === 1 : value;
}

function grow(grown: Map<number, Grown>, series: number, at: number): void {
  const span = grown.get(series);
  if (span === undefined) {
    grown.set(series, { first: at, last: at });
    return;
  }
  if (at < span.first) span.first = at;
  if (at > span.last) span.last = at;
}
