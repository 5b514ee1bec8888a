import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MetricType, Reading, ReadingValue } from '../reading.ts';
import { createBucketFold } from '../store/buckets.ts';
import { byTime, SLICE_READINGS } from '../store/slices.ts';
import { stretchOf } from '../store/stretch.ts';
import type { ReadingColumns, Span } from '../store.ts';
import { ColumnReader } from './columns.ts';
import { type Position, pack, type Reader } from './protocol.ts';
import { HISTORY, openForReading, STAMPED, TYPES } from './schema.ts';

/** Points of one page of a listing. */
const PAGE = 5_000;
/** Rows fetched at once by a fold. */
const FOLD_PAGE = 10_000;

interface SeriesRow {
  readonly id: number;
  readonly point: string;
  readonly type: number;
}

/** at, value, lag, flags. */
type ReadingRow = readonly [number, number | string, number, number];

const COLUMNS = 'at, value, lag, flags';

/** Everything that only looks; runs in the reading thread. */
export function createReader(file: string): Reader {
  const database = openForReading(file);
  const series = new SeriesIndex(database);
  const statements = prepare(database);
  return {
    ...listings(series, statements),
    ...stretches(series, statements),
    columns: columnsIn(database),
    close: () => database.close(),
  };
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  const arrays = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  return {
    newest: arrays(
      `SELECT ${COLUMNS} FROM reading WHERE series = ?1
       AND at = (SELECT last FROM span WHERE series = ?1)`,
    ),
    span: database.prepare('SELECT first, last FROM span WHERE series = ?'),
    between: arrays(
      `SELECT ${COLUMNS} FROM reading WHERE series = ? AND at >= ? AND at < ? ORDER BY at LIMIT ?`,
    ),
    firstFrom: arrays('SELECT at FROM reading WHERE series = ? AND at >= ? ORDER BY at LIMIT 1'),
  };
}

/** Answers with one row a point. */
function listings(
  series: SeriesIndex,
  statements: Statements,
): Pick<Reader, 'latest' | 'latestPage' | 'spans' | 'spansPage'> {
  function latestOf(rows: readonly SeriesRow[]): Uint8Array {
    const readings: Reading[] = [];
    for (const row of rows) {
      const found = statements.newest.get(row.id) as unknown as ReadingRow | undefined;
      if (found !== undefined) readings.push(readingOf(row, found));
    }
    return pack(readings);
  }

  function spansOf(rows: readonly SeriesRow[]): [string, Span][] {
    const spans: [string, Span][] = [];
    for (const row of rows) {
      const span = statements.span.get(row.id) as unknown as Span | undefined;
      if (span !== undefined) spans.push([row.point, { first: span.first, last: span.last }]);
    }
    return spans;
  }

  return {
    latest: (points) => latestOf(series.find(points)),
    latestPage(after) {
      const { rows, next } = series.page(after);
      return { readings: latestOf(rows), next };
    },
    spans: (points) => spansOf(series.find(points)),
    spansPage(after) {
      const { rows, next } = series.page(after);
      return { spans: spansOf(rows), next };
    },
  };
}

/** Answers over a stretch of time. */
function stretches(
  series: SeriesIndex,
  { between, firstFrom }: Statements,
): Pick<Reader, 'range' | 'buckets' | 'next' | 'slice'> {
  const chosen = (points: readonly string[] | null) =>
    points === null ? series.all() : series.find(points);
  const rowsOf = (row: SeriesRow, from: number, to: number, limit: number) =>
    between.all(row.id, from, to, limit) as unknown as ReadingRow[];

  return {
    range(point, from, to, limit) {
      const [row] = series.find([point]);
      if (row === undefined) return pack([]);
      return pack(rowsOf(row, from, to, limit).map((found) => readingOf(row, found)));
    },
    buckets(point, type, mean, from, to, count) {
      const fold = createBucketFold({ type, mean }, stretchOf(from, to, count));
      const [row] = series.find([point]);
      if (row !== undefined) {
        for (const found of pages(between, row.id, from, to)) {
          fold.add(found[0], toValue(row.type, found[1]));
        }
      }
      return fold.result();
    },
    next(from, points) {
      let earliest: number | null = null;
      for (const row of chosen(points)) {
        const found = firstFrom.get(row.id, from) as unknown as readonly [number] | undefined;
        if (found !== undefined && (earliest === null || found[0] < earliest)) earliest = found[0];
      }
      return earliest;
    },
    slice(from, to, points) {
      const readings: Reading[] = [];
      const limit = to - from <= 1 ? Number.MAX_SAFE_INTEGER : SLICE_READINGS + 1;
      for (const row of chosen(points)) {
        for (const found of rowsOf(row, from, to, limit)) readings.push(readingOf(row, found));
        if (readings.length >= limit) return null;
      }
      // Sorted here, the caller's own sort finds nothing to do.
      readings.sort(byTime);
      const parts: Uint8Array[] = [];
      for (let i = 0; i < readings.length; i += SLICE_READINGS) {
        parts.push(pack(readings.slice(i, i + SLICE_READINGS)));
      }
      return parts;
    },
  };
}

function columnsIn(database: DatabaseSync): Reader['columns'] {
  let open: { readonly scan: number; readonly reader: ColumnReader } | null = null;
  return (scan, from, to, points) => {
    if (open?.scan !== scan) open = { scan, reader: new ColumnReader(database, points) };
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

/** Rows of one series in time order, a page at a time so that no answer is held whole. */
function* pages(
  statement: StatementSync,
  series: number,
  from: number,
  to: number,
): Generator<ReadingRow> {
  let start = from;
  for (;;) {
    const rows = statement.all(series, start, to, FOLD_PAGE) as unknown as ReadingRow[];
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < FOLD_PAGE) return;
    start = last[0] + 1;
  }
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

function readingOf(series: SeriesRow, [at, value, lag, flags]: ReadingRow): Reading {
  return {
    point: series.point,
    at,
    received: at + lag,
    value: toValue(series.type, value),
    stamped: (flags & STAMPED) !== 0,
    history: (flags & HISTORY) !== 0,
  };
}

function toValue(type: number, value: number | string): ReadingValue {
  return (TYPES[type] as MetricType) === 'flag' ? value === 1 : value;
}
