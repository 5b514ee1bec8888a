import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MetricType, Reading, ReadingValue } from '../reading.ts';
import { type BucketFold, createBucketFold } from '../store/buckets.ts';
import { HOUR, hourOf } from '../store/rollup.ts';
import { byTime, SLICE_READINGS } from '../store/slices.ts';
import { chartParts, type Stretch, stretchOf } from '../store/stretch.ts';
import type { ReadingColumns, Span } from '../store.ts';
import { ColumnReader } from './columns.ts';
import { valueOfRow } from './hour-rows.ts';
import { type Position, pack, type Reader } from './protocol.ts';
import { HISTORY, openForReading, STAMPED, TYPES } from './schema.ts';
import { firstLanded, instantOf, type Piece, type SeriesRow, SeriesRows } from './series-rows.ts';

/** Points of one page of a listing. */
const PAGE = 5_000;
/** at, value, lag, marks. */
type ReadingRow = readonly [number, number | string, number, number];

/** id, point, type, first, at, value, lag, marks. */
type NewestRow = readonly [number, string, number, number, number, number | string, number, number];

/** Everything that only looks; runs in the reading thread. */
export function createReader(file: string): Reader {
  const database = openForReading(file);
  const series = new SeriesIndex(database);
  return {
    ...listings(database, series),
    ...stretches(database, series),
    columns: columnsIn(database),
    close: () => database.close(),
  };
}

/** Answers with one row a point. */
function listings(
  database: DatabaseSync,
  series: SeriesIndex,
): Pick<Reader, 'latest' | 'latestPage' | 'spans' | 'spansPage'> {
  const newest = database.prepare('SELECT at, value, lag, marks FROM newest WHERE series = ?');
  newest.setReturnArrays(true);
  const span = database.prepare('SELECT first, at AS last FROM newest WHERE series = ?');
  // All points in one go: a quarter of the time that one after the other takes.
  const page = database.prepare(`
    SELECT id, point, type, first, at, value, lag, marks FROM newest JOIN series ON id = series
    WHERE series > ? ORDER BY series LIMIT ?
  `);
  page.setReturnArrays(true);
  const pageAfter = (after: Position) => {
    const rows = page.all(after ?? 0, PAGE) as unknown as NewestRow[];
    return { rows, next: rows.length < PAGE ? null : (rows.at(-1) as NewestRow)[0] };
  };

  return {
    latest: (points) =>
      pack(
        series.find(points).flatMap((row) => {
          const found = newest.get(row.id) as unknown as ReadingRow | undefined;
          return found === undefined ? [] : [readingOf(row, found)];
        }),
      ),
    latestPage(after) {
      const { rows, next } = pageAfter(after);
      const readings = rows.map(([id, point, type, , at, value, lag, marks]) =>
        readingOf({ id, point, type }, [at, value, lag, marks]),
      );
      return { readings: pack(readings), next };
    },
    spans: (points) =>
      series.find(points).flatMap((row): [string, Span][] => {
        const found = span.get(row.id) as unknown as Span | undefined;
        return found === undefined ? [] : [[row.point, { first: found.first, last: found.last }]];
      }),
    spansPage(after) {
      const { rows, next } = pageAfter(after);
      const spans = rows.map(([, point, , first, last]): [string, Span] => [
        point,
        { first, last },
      ]);
      return { spans, next };
    },
  };
}

/** Answers over a stretch of time. */
function stretches(
  database: DatabaseSync,
  series: SeriesIndex,
): Pick<Reader, 'range' | 'buckets' | 'next' | 'slice'> {
  const rows = new SeriesRows(database);
  const chosen = (points: readonly string[] | null) =>
    points === null ? series.all() : series.find(points);

  return {
    range: (point, from, to, limit) =>
      rows.read(() => {
        const [row] = series.find([point]);
        if (row === undefined) return pack([]);
        const readings: Reading[] = [];
        for (const piece of rows.pieces(row, from, to, rows.landedOf(row.id, from, to))) {
          addReadings(row, piece, readings, limit);
          if (readings.length >= limit) break;
        }
        return pack(readings);
      }),
    buckets: (point, type, mean, from, to, count) =>
      rows.read(() => {
        const stretch = stretchOf(from, to, count);
        const [row] = series.find([point]);
        // What is held decides, should the point be declared to be of another type now.
        const held = row === undefined ? type : (TYPES[row.type] as MetricType);
        const fold = createBucketFold({ type: held, mean }, stretch);
        if (row !== undefined) chart(rows, row, stretch, fold);
        return fold.result();
      }),
    next: (from, points) => rows.read(() => rows.next(chosen(points), from)),
    slice: (from, to, points) =>
      rows.read(() => {
        const readings: Reading[] = [];
        const limit = to - from <= 1 ? Number.MAX_SAFE_INTEGER : SLICE_READINGS + 1;
        const wanted = chosen(points);
        const landing = rows.landing(wanted, from, to);
        for (const row of wanted) {
          for (const piece of rows.pieces(row, from, to, landing(row.id))) {
            addReadings(row, piece, readings, limit);
          }
          if (readings.length >= limit) return null;
        }
        return packed(readings);
      }),
  };
}

/** In parts that are decoded quickly. Sorted here, the caller's own sort finds nothing to do. */
function packed(readings: Reading[]): Uint8Array[] {
  readings.sort(byTime);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < readings.length; i += SLICE_READINGS) {
    parts.push(pack(readings.slice(i, i + SLICE_READINGS)));
  }
  return parts;
}

/** Whole hours from their rollups, the edges of buckets and what has landed since from readings. */
function chart(rows: SeriesRows, row: SeriesRow, stretch: Stretch, fold: BucketFold): void {
  const { from, to } = stretch;
  const landed = rows.landedOf(row.id, hourOf(from), hourOf(to - 1) + HOUR);
  const hours = new Set(landed.map((one) => hourOf(instantOf(one))));
  const parts = chartParts(stretch, {
    rollups: rows.rollups(row.id, from, to),
    unrolled: Array.from(hours, (hour) => ({ from: hour, to: hour + HOUR })),
    rawFrom: rows.rawFrom,
  });
  for (const part of parts) {
    if (part.type === 'hour') {
      fold.addHour(part.rollup);
      continue;
    }
    const within = landed.slice(firstLanded(landed, part.from), firstLanded(landed, part.to));
    for (const piece of rows.pieces(row, part.from, part.to, within)) {
      for (let i = piece.start; i < piece.end; i += 1) {
        fold.add(piece.rows.at[i] as number, valueOfRow(row.type, piece.rows, i));
      }
    }
  }
}

function addReadings(
  series: SeriesRow,
  { rows, start, end }: Piece,
  readings: Reading[],
  limit: number,
): void {
  for (let i = start; i < end && readings.length < limit; i += 1) {
    const at = rows.at[i] as number;
    const marks = rows.marks[i] as number;
    readings.push({
      point: series.point,
      at,
      received: at + (rows.lag[i] as number),
      value: valueOfRow(series.type, rows, i),
      stamped: (marks & STAMPED) !== 0,
      history: (marks & HISTORY) !== 0,
    });
  }
}

function columnsIn(database: DatabaseSync): Reader['columns'] {
  let open: { readonly scan: number; readonly reader: ColumnReader } | null = null;
  const rows = new SeriesRows(database);
  return (scan, from, to, points) => {
    if (open?.scan !== scan) open = { scan, reader: new ColumnReader(rows, points) };
    const columns = open.reader.slice(from, to);
    return columns === null ? null : trimmed(columns);
  };
}

/** A message copies the whole memory that a view lies in. */
function trimmed(columns: ReadingColumns): ReadingColumns {
  const { length, point, at, received, value, history, words } = columns;
  return {
    length,
    point: point.slice(0, length),
    at: at.slice(0, length),
    received: received.slice(0, length),
    value: value.slice(0, length),
    history: history.slice(0, length),
    words,
  };
}

/** Points that have readings; those found once are remembered, for they keep their number. */
class SeriesIndex {
  readonly #known = new Map<string, SeriesRow>();
  readonly #byPoint: StatementSync;
  readonly #after: StatementSync;

  constructor(database: DatabaseSync) {
    this.#byPoint = database.prepare('SELECT id, point, type FROM series WHERE point = ?');
    this.#after = database.prepare(
      'SELECT id, point, type FROM series WHERE id > ? ORDER BY id LIMIT ?',
    );
  }

  page(position: Position): { rows: SeriesRow[]; next: Position } {
    const rows = this.#after.all(position ?? 0, PAGE) as unknown as SeriesRow[];
    return { rows, next: rows.length < PAGE ? null : (rows.at(-1) as SeriesRow).id };
  }

  /** The series of these points; those that have none are left out. */
  find(points: readonly string[]): SeriesRow[] {
    const rows: SeriesRow[] = [];
    for (const point of points) {
      const row =
        this.#known.get(point) ?? (this.#byPoint.get(point) as unknown as SeriesRow | undefined);
      if (row === undefined) continue;
      this.#known.set(point, row);
      rows.push(row);
    }
    return rows;
  }

  all(): SeriesRow[] {
    const all: SeriesRow[] = [];
    let position: Position = 0;
    while (position !== null) {
      const { rows, next } = this.page(position);
      for (const row of rows) all.push(row);
      position = next;
    }
    return all;
  }
}

function readingOf(series: SeriesRow, [at, value, lag, marks]: ReadingRow): Reading {
  return {
    point: series.point,
    at,
    received: at + lag,
    value: toValue(series.type, value),
    stamped: (marks & STAMPED) !== 0,
    history: (marks & HISTORY) !== 0,
  };
}

function toValue(type: number, value: number | string): ReadingValue {
  return (TYPES[type] as MetricType) === 'flag' ? value === 1 : value;
}
