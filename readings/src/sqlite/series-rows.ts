import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HOUR, type HourRollup, hourOf } from '../store/rollup.ts';
import { decodeHour, type HourRows, Scratch } from './hour-blob.ts';
import { firstFrom, LANDED, type LandedRow, mergedRows, rowsOfLanded } from './hour-rows.ts';
import { decodeRollup } from './rollup-blob.ts';
import { hourId, hourOfId, SLOT } from './schema.ts';
import { readIn } from './transaction.ts';

/** Rows of partly read hours that are kept for the next slice of the same hour. */
const MOST_KEPT = 1_000_000;
/** With more points than this, reading the landing whole is quicker than point by point. */
const MANY = 64;

/** A point of the file. */
export interface SeriesRow {
  readonly id: number;
  readonly point: string;
  /** Index in `TYPES`. */
  readonly type: number;
}

/** Rows from `start` on and before `end`. */
export interface Piece {
  readonly rows: HourRows;
  readonly start: number;
  readonly end: number;
}

/** Landed rows of a stretch of time, by series, ascending. */
export type Landing = (series: number) => readonly LandedRow[];

/** Readings of single points out of landing and hours, in time order. To be asked inside of `read`. */
export class SeriesRows {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #hours: StatementSync;
  readonly #hour: StatementSync;
  readonly #rollups: StatementSync;
  readonly #landedOfOne: StatementSync;
  readonly #landed: StatementSync;
  readonly #firstHour: StatementSync;
  readonly #firstSlot: StatementSync;
  readonly #marks: StatementSync;
  readonly #scratch = new Scratch();
  #rawFrom = 0;
  #firstLanded = 0;
  #folds = 0;
  #kept = { hour: 0, folds: 0, rows: 0, bySeries: new Map<number, HourRows | null>() };

  constructor(database: DatabaseSync) {
    const arrays = (sql: string) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#database = database;
    this.#find = database.prepare('SELECT id, point, type FROM series WHERE point = ?');
    this.#hours = arrays(
      'SELECT id, readings FROM hour WHERE id >= ? AND id < ? AND readings IS NOT NULL ORDER BY id',
    );
    this.#hour = arrays('SELECT readings FROM hour WHERE id = ? AND readings IS NOT NULL');
    this.#rollups = arrays('SELECT id, rollup FROM hour WHERE id >= ? AND id < ? ORDER BY id');
    // SQLite would go through the slots row by row: each is looked for behind the one before.
    this.#landedOfOne = arrays(`
      WITH RECURSIVE found(slot) AS (
        SELECT min(slot) FROM landing WHERE slot >= ?1
        UNION ALL
        SELECT (SELECT min(slot) FROM landing WHERE slot > found.slot) FROM found WHERE found.slot < ?2
      )
      SELECT landing.series, landing.slot, ms, value, lag, marks
      FROM found CROSS JOIN landing ON landing.slot = found.slot AND landing.series = ?3
      WHERE found.slot < ?2
    `);
    this.#landed = arrays(`SELECT ${LANDED} FROM landing WHERE slot >= ? AND slot < ?`);
    this.#firstHour = database.prepare(
      'SELECT id FROM hour WHERE id >= ? AND id < ? AND readings IS NOT NULL ORDER BY id LIMIT 1',
    );
    this.#marks = database.prepare(`
      SELECT (SELECT value FROM mark WHERE name = 'raw_from') AS raw_from,
             (SELECT value FROM mark WHERE name = 'folds') AS folds,
             (SELECT min(slot) FROM landing) AS first
    `);
    this.#firstSlot = database.prepare('SELECT min(slot) AS slot FROM landing WHERE slot >= ?');
  }

  /** Everything that `work` reads is of one moment. */
  read<T>(work: () => T): T {
    return readIn(this.#database, () => {
      const marks = this.#marks.get() as { raw_from: number; folds: number; first: number | null };
      this.#rawFrom = marks.raw_from;
      this.#folds = marks.folds;
      this.#firstLanded = marks.first === null ? Number.POSITIVE_INFINITY : marks.first * SLOT;
      return work();
    });
  }

  /** Raw readings of earlier hours are gone. */
  get rawFrom(): number {
    return this.#rawFrom;
  }

  /** Undefined when the file has no such point. */
  find(point: string): SeriesRow | undefined {
    return this.#find.get(point) as unknown as SeriesRow | undefined;
  }

  /** What landed of one point. */
  landedOf(series: number, from: number, to: number): readonly LandedRow[] {
    // Nearly everything has been folded.
    if (to <= this.#firstLanded) return [];
    const [first, end] = slots(from, to);
    const rows = this.#landedOfOne.all(first, end, series) as unknown as LandedRow[];
    return rows.filter((row) => isWithin(row, from, to));
  }

  /** The landed rows of a stretch for all of these points. */
  landing(series: readonly SeriesRow[], from: number, to: number): Landing {
    if (to <= this.#firstLanded) return () => [];
    if (series.length <= MANY) return (id) => this.landedOf(id, from, to);
    const lists = new Map<number, LandedRow[]>(series.map(({ id }) => [id, []]));
    const [first, end] = slots(from, to);
    for (const found of this.#landed.iterate(first, end)) {
      const row = found as unknown as LandedRow;
      if (isWithin(row, from, to)) lists.get(row[0])?.push(row);
    }
    return (id) => lists.get(id) ?? [];
  }

  /**
   * Readings of a point with from ≤ at < to in time order, one hour after the other. A piece is valid until the
   * next one is asked for.
   * @param landed its landed rows of that time
   */
  *pieces(
    { id, type }: SeriesRow,
    from: number,
    to: number,
    landed: readonly LandedRow[],
  ): Generator<Piece> {
    let next = 0;
    const landedUntil = (instant: number) => {
      const start = next;
      while (next < landed.length && instantOf(landed[next] as LandedRow) < instant) next += 1;
      return rowsOfLanded(type, landed.slice(start, next));
    };
    for (const [hour, folded] of this.#folded(id, from, to)) {
      if (next < landed.length) yield pieceOf(landedUntil(hour), from, to);
      const also = next < landed.length ? landedUntil(hour + HOUR) : null;
      yield pieceOf(
        also === null || also.length === 0 ? folded : mergedRows(folded, also),
        from,
        to,
      );
    }
    if (next < landed.length) yield pieceOf(landedUntil(Number.POSITIVE_INFINITY), from, to);
  }

  *#folded(series: number, from: number, to: number): Generator<[number, HourRows]> {
    const start = Math.max(from, this.#rawFrom);
    const hour = hourOf(start);
    if (start >= to) return;
    if (to <= hour + HOUR && (start > hour || to < hour + HOUR)) {
      const rows = this.#partOf(series, hour);
      if (rows !== null) yield [hour, rows];
      return;
    }
    const [first, end] = [hourId(series, start), hourId(series, to + HOUR - 1)];
    for (const found of this.#hours.iterate(first, end)) {
      const [id, bytes] = found as unknown as [number, Uint8Array];
      yield [hourOfId(id), decodeHour(hourOfId(id), bytes, this.#scratch)];
    }
  }

  /** An hour of which only a part is wanted: the next part comes soon. */
  #partOf(series: number, hour: number): HourRows | null {
    const folds = this.#folds;
    if (this.#kept.hour !== hour || this.#kept.folds !== folds) {
      this.#kept = { hour, folds, rows: 0, bySeries: new Map() };
    }
    const kept = this.#kept.bySeries.get(series);
    if (kept !== undefined) return kept;
    const found = this.#hour.get(hourId(series, hour)) as unknown as [Uint8Array] | undefined;
    const rows = found === undefined ? null : decodeHour(hour, found[0]);
    if (this.#kept.rows <= MOST_KEPT) {
      this.#kept.bySeries.set(series, rows);
      this.#kept.rows += 1 + (rows?.length ?? 0);
    }
    return rows;
  }

  /** Rollups of the hours of a point that touch [from, to), ascending. */
  *rollups(series: number, from: number, to: number): Generator<HourRollup> {
    const [first, end] = [hourId(series, from), hourId(series, to + HOUR - 1)];
    for (const found of this.#rollups.iterate(first, end)) {
      const [id, bytes] = found as unknown as [number, Uint8Array];
      yield decodeRollup(hourOfId(id), bytes);
    }
  }

  /** An instant ≥ `from` before which there is no reading from `from` on; null when none comes at all. */
  next(series: readonly SeriesRow[], from: number): number | null {
    const start = Math.max(from, this.#rawFrom);
    let earliest = Number.POSITIVE_INFINITY;
    for (const { id } of series) {
      const end = hourId(id, Number.MAX_SAFE_INTEGER);
      const row = this.#firstHour.get(hourId(id, start), end);
      if (row !== undefined) earliest = Math.min(earliest, hourOfId(Number(row.id)));
    }
    const slot = this.#firstSlot.get(Math.floor(from / SLOT))?.slot ?? null;
    if (slot !== null) earliest = Math.min(earliest, Number(slot) * SLOT);
    return earliest === Number.POSITIVE_INFINITY ? null : Math.max(from, earliest);
  }
}

function slots(from: number, to: number): [number, number] {
  return [Math.floor(from / SLOT), Math.ceil(to / SLOT)];
}

export function instantOf([, slot, ms]: LandedRow): number {
  return slot * SLOT + ms;
}

/** The first row with at ≥ `instant`. */
export function firstLanded(rows: readonly LandedRow[], instant: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instantOf(rows[middle] as LandedRow) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(row: LandedRow, from: number, to: number): boolean {
  const at = instantOf(row);
  return at >= from && at < to;
}

function pieceOf(rows: HourRows, from: number, to: number): Piece {
  return { rows, start: firstFrom(rows, from), end: firstFrom(rows, to) };
}
