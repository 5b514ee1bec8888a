import { CaretakerError } from '../base/index.ts';
import { ColumnSorter, MOST_ROWS, scanColumnsBySlices } from '../store/columns.ts';
import type { ReadingColumns } from '../store.ts';
import { faultOf } from './faults.ts';
import { HISTORY, openForReading } from './schema.ts';
import { type SeriesRow, SeriesRows } from './series-rows.ts';

/** Reads slices of time of some points straight into columns. */
export class ColumnReader {
  readonly #sorter = new ColumnSorter();
  readonly #rows: SeriesRows;
  readonly #series: readonly SeriesRow[];
  /** Place among the points asked for, by point id. */
  readonly #places: ReadonlyMap<string, number>;

  /** @param rows of the file; scans one after the other may share them */
  constructor(rows: SeriesRows, points: readonly string[]) {
    this.#rows = rows;
    this.#places = new Map(points.map((point, place) => [point, place]));
    this.#series = points.toSorted().flatMap((point) => rows.find(point) ?? []);
  }

  /** See `ColumnSource`. */
  next(from: number): number | null {
    return this.#rows.read(() => this.#rows.next(this.#series, from));
  }

  /** Readings with from ≤ at < to in the order of a scan; null when they are too many to hold. */
  slice(from: number, to: number): ReadingColumns | null {
    this.#sorter.clear();
    const fits = this.#rows.read(() => this.#fill(from, to));
    return fits ? this.#sorter.sorted(from) : null;
  }

  #fill(from: number, to: number): boolean {
    const landing = this.#rows.landing(this.#series, from, to);
    for (const series of this.#series) {
      const place = this.#places.get(series.point) as number;
      const pieces = this.#rows.pieces(series, from, to, landing(series.id));
      for (const { rows, start, end } of pieces) {
        this.#sorter.addRows(place, { ...rows, history: HISTORY }, start, end);
      }
      if (this.#sorter.length > MOST_ROWS && to - from > 1) return false;
    }
    return true;
  }
}

/** A scan of a readings file in the caller's own thread, beside whoever writes it. */
export interface SqliteScan {
  /** See `ReadingStore.scanColumns`; one at a time. */
  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns>;
  close(): void;
}

/**
 * Opens a readings file read-only, for a worker that goes through much of it. It holds the thread while it
 * reads a batch.
 * @throws CaretakerError `READINGS_STORE_UNAVAILABLE` when there is no such file.
 */
export function openSqliteScan(file: string): SqliteScan {
  const database = guard(file, () => openForReading(file));
  const rows = new SeriesRows(database);
  return {
    async *scanColumns(from, to, points) {
      const reader = guard(file, () => new ColumnReader(rows, points));
      yield* scanColumnsBySlices(from, to, {
        next: async (at) => guard(file, () => reader.next(at)),
        slice: async (start, end) => guard(file, () => reader.slice(start, end)),
      });
    },
    close: () => database.close(),
  };
}

function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CaretakerError(faultOf(cause, file), { cause });
  }
}
