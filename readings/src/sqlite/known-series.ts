import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CaretakerError } from '../base/index.ts';
import { decodeHour, type HourRows } from './hour-blob.ts';
import { hourId, hourOfId } from './schema.ts';

/** Decoded hours that may be kept for the next look. */
const MOST_LOOKED = 2_000;

/** The newest reading as it lies in `newest`. */
export interface NewestRow {
  readonly at: number;
  readonly value: number | string | bigint;
  readonly lag: number;
  readonly marks: number;
}

/** What the writer knows of a point. */
export interface SeriesState {
  readonly id: number;
  /** Index in `TYPES`. */
  readonly type: number;
  /** Beginning of its newest folded hour. */
  folded: number;
  first: number;
  newest: NewestRow | null;
  /** What was found in the folded hour last looked into. */
  looked: Looked | null;
}

interface Looked {
  readonly hour: number;
  /** Null: nothing is folded there. `gone`: only its rollup is left. */
  readonly found: HourRows | 'gone' | null;
  readonly folds: number;
}

/** The points of the file as the writing thread needs them, read once. */
export class KnownSeries {
  readonly #byPoint = new Map<string, SeriesState>();
  readonly #byId = new Map<number, SeriesState>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #lastHour: StatementSync;
  readonly #newest: StatementSync;
  readonly #hour: StatementSync;
  readonly #most: StatementSync;
  /** How often something was folded: what was looked up before may have changed. */
  #folds = 0;
  #looked = 0;
  /** Raw readings of earlier hours are gone. */
  rawFrom = 0;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id, type FROM series WHERE point = ?');
    this.#add = database.prepare(
      'INSERT INTO series (point, type) VALUES (?, ?) RETURNING id, type',
    );
    this.#lastHour = database.prepare('SELECT max(id) AS id FROM hour WHERE id >= ?1 AND id < ?2');
    this.#newest = database.prepare(
      'SELECT first, at, value, lag, marks FROM newest WHERE series = ?',
    );
    this.#hour = database.prepare('SELECT readings FROM hour WHERE id = ?');
    this.#most = database.prepare('SELECT max(id) AS id FROM series');
  }

  /** The series of a point, made with this type when the file has none. */
  of(point: string, type: number): SeriesState {
    const known = this.#byPoint.get(point);
    if (known !== undefined) return known;
    const row = this.#find.get(point) ?? this.#add.get(point, type);
    const { id, type: held } = row as { id: number; type: number };
    const last = this.#lastHour.get(hourId(id, 0), hourId(id, Number.MAX_SAFE_INTEGER))?.id ?? null;
    const newest = (this.#newest.get(id) ?? null) as (NewestRow & { first: number }) | null;
    const state: SeriesState = {
      id,
      type: held,
      folded: last === null ? Number.NEGATIVE_INFINITY : hourOfId(Number(last)),
      first: newest?.first ?? Number.POSITIVE_INFINITY,
      newest,
      looked: null,
    };
    this.#byPoint.set(point, state);
    this.#byId.set(id, state);
    return state;
  }

  /** What is folded of an hour of a point. */
  lookInto(series: SeriesState, hour: number): HourRows | 'gone' | null {
    if (hour > series.folded) return null;
    const { looked } = series;
    if (looked !== null && looked.hour === hour && looked.folds === this.#folds)
      return looked.found;
    const found = this.#read(series.id, hour);
    this.#keep(series, { hour, found, folds: this.#folds });
    return found;
  }

  #read(series: number, hour: number): HourRows | 'gone' | null {
    const row = this.#hour.get(hourId(series, hour));
    if (row === undefined) return null;
    if (row.readings === null || hour < this.rawFrom) return 'gone';
    try {
      return decodeHour(hour, row.readings as Uint8Array);
    } catch (error) {
      // What comes now is kept beside it, rather than that one damaged hour holds up everything.
      if (error instanceof CaretakerError) return null;
      throw error;
    }
  }

  #keep(series: SeriesState, looked: Looked): void {
    this.#looked += 1;
    if (this.#looked > MOST_LOOKED) {
      for (const state of this.#byId.values()) {
        if (state.looked?.found !== null) state.looked = null;
      }
      this.#looked = 0;
    }
    series.looked = looked;
  }

  /** An hour of a point has been folded. */
  folded(id: number, hour: number): void {
    const series = this.#byId.get(id);
    if (series !== undefined && hour > series.folded) series.folded = hour;
  }

  /** Something has been folded or let go of. */
  changed(): void {
    this.#folds += 1;
  }

  /** The greatest number of a series. */
  get most(): number {
    return Number(this.#most.get()?.id ?? 0);
  }

  /** What was written was undone: nothing that is remembered counts. */
  forget(): void {
    this.#byPoint.clear();
    this.#byId.clear();
  }
}
