import type { Reading, ReadingValue, Series } from '../reading.ts';
import { createBucketFold } from '../store/buckets.ts';
import { refuseType, type Sifted, seriesOf, siftReadings } from '../store/check.ts';
import { columnsOfScan } from '../store/columns.ts';
import { SLICE_READINGS, scanBySlices } from '../store/slices.ts';
import { stretchOf } from '../store/stretch.ts';
import type {
  Buckets,
  Conflict,
  DescribePoint,
  ReadingColumns,
  ReadingStore,
  Refusal,
  Span,
  WriteResult,
} from '../store.ts';
import { Influx1Client } from './client.ts';
import { influxError, typeClash, unavailable } from './faults.ts';
import { Held, keyOf } from './held.ts';
import { assetReader, columnsOf, lineOf, quoted, readingsOf } from './layout.ts';
import { type Selections, selectAll, selectPoints } from './selection.ts';

/** Lines of one request: writing 5,000 held the event loop for up to 86 ms, at the same rate. */
const CHUNK = 2_000;
/** Rows of one answer. */
const PAGE = 10_000;

export interface Influx1Options {
  /** `http://user:password@host:8086`; user and password only where the server asks for them. */
  readonly url: string;
  /** Created when it is not there. This store must be its only writer. */
  readonly database: string;
  readonly describe: DescribePoint;
}

/**
 * Readings in InfluxDB 1.x, laid out for Grafana as `layout.ts` says.
 * @throws CaretakerError `READINGS_STORE_URL`.
 */
export function createInflux1Readings(options: Influx1Options): ReadingStore {
  return new Influx1Readings(options);
}

class Influx1Readings implements ReadingStore {
  readonly #client: Influx1Client;
  readonly #describe: DescribePoint;
  readonly #held: Held;
  /** The end of the writes asked for so far: each must see what the one before it wrote. */
  #writes: Promise<unknown> = Promise.resolve();
  #open = false;

  constructor({ url, database, describe }: Influx1Options) {
    this.#client = new Influx1Client(url, database);
    this.#describe = describe;
    this.#held = new Held(this.#client);
  }

  async start(): Promise<void> {
    await this.#client.open();
    this.#held.forget();
    this.#open = true;
  }

  async stop(): Promise<void> {
    this.#open = false;
    await this.#writes;
  }

  async write(readings: readonly Reading[]): Promise<WriteResult> {
    this.#checkOpen();
    const sifted = siftReadings(readings, this.#describe);
    const turn = this.#writes.then(() => this.#writeAll(sifted));
    this.#writes = turn.catch(() => {});
    const { written, conflicts, refused } = await turn;
    const duplicates = readings.length - written - conflicts.length - refused.length;
    return { written, duplicates, conflicts, refused };
  }

  async #writeAll({ kept, series, refused }: Sifted) {
    let written = 0;
    const conflicts: Conflict[] = [];
    for (let from = 0; from < kept.length; from += CHUNK) {
      const part = kept.slice(from, from + CHUNK);
      const done = await this.#writePart(part, series).catch((error) => {
        // A field got its type from someone else since we looked: now we know, and refuse what does not fit.
        if (typeClash(error) === null) throw error;
        return this.#writePart(part, series);
      });
      written += done.written;
      conflicts.push(...done.conflicts);
      refused.push(...done.refused);
    }
    return { written, conflicts, refused };
  }

  async #writePart(part: readonly Reading[], series: ReadonlyMap<string, Series>) {
    const mistyped = await this.#held.mistyped(series.values());
    const refused: Refusal[] = [];
    const fit = part.filter((reading) => {
      const held = mistyped.get(reading.point);
      if (held !== undefined) refused.push(refuseType(reading, held));
      return held === undefined;
    });
    const conflicts: Conflict[] = [];
    const fresh = sift(fit, await this.#held.find(fit, series), conflicts);
    await this.#send(fresh, series);
    return { written: fresh.length, conflicts, refused };
  }

  async #send(readings: readonly Reading[], series: ReadonlyMap<string, Series>): Promise<void> {
    if (readings.length === 0) return;
    const lines = readings.map((reading) => lineOf(reading, series.get(reading.point) as Series));
    try {
      await this.#client.write(lines);
    } catch (error) {
      this.#held.forget();
      throw influxError(error, this.#client.server);
    }
    this.#held.wrote(readings, series);
  }

  /** Nothing is rolled up yet, so that nothing may be let go of. */
  async expire(): Promise<void> {}

  async latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    const chosen = await this.#select(points);
    const queries = chosen.parts.flatMap(({ kind, metrics, where }) =>
      metrics.map((metric) => ({
        metric,
        // "last" alone would rename the column and leave the companions of that very reading out.
        statement: `SELECT last(${quoted(metric)}) AS ${quoted(metric)}, ${companions(metric)}
          FROM ${quoted(kind)} WHERE time >= 0${where} GROUP BY "estate", "asset"`,
      })),
    );
    const statements = queries.map(({ statement }) => statement);
    const answers = await this.#client.query(statements, chosen.placeholders);
    const newest = new Map<string, Reading>();
    for (const [i, { metric }] of queries.entries()) {
      for (const rows of answers[i] ?? []) {
        for (const reading of readingsOf(rows, [metric])) {
          if (chosen.wanted(reading.point)) newest.set(reading.point, reading);
        }
      }
    }
    return newest;
  }

  async spans(points?: readonly string[]): Promise<ReadonlyMap<string, Span>> {
    const chosen = await this.#select(points);
    const first = await this.#ends(chosen, 'first');
    const last = await this.#ends(chosen, 'last');
    const spans = new Map<string, Span>();
    for (const [point, at] of first) spans.set(point, { first: at, last: last.get(point) ?? at });
    return spans;
  }

  /** The first or last instant of each point, from `from` on. */
  async #ends(
    { parts, placeholders, wanted }: Selections,
    end: 'first' | 'last',
    from = 0,
  ): Promise<ReadonlyMap<string, number>> {
    const queries = parts.flatMap(({ kind, metrics, where }) =>
      metrics.map((metric) => ({
        metric,
        statement: `SELECT ${end}(${quoted(metric)}) FROM ${quoted(kind)}
          WHERE time >= ${from}ms${where} GROUP BY "estate", "asset"`,
      })),
    );
    const statements = queries.map(({ statement }) => statement);
    const answers = await this.#client.query(statements, placeholders);
    const ends = new Map<string, number>();
    for (const [i, { metric }] of queries.entries()) {
      for (const rows of answers[i] ?? []) {
        const [row] = rows.values;
        const point = row && `${assetReader(rows)(row)}/${metric}`;
        if (point !== undefined && wanted(point)) ends.set(point, row?.[0] as number);
      }
    }
    return ends;
  }

  async range(
    point: string,
    from: number,
    to: number,
    limit = Number.MAX_SAFE_INTEGER,
  ): Promise<readonly Reading[]> {
    const series = seriesOf(point, this.#describe);
    const readings: Reading[] = [];
    for await (const page of this.#pages(series, from, to, limit)) {
      for (const reading of page) readings.push(reading);
    }
    return readings;
  }

  async buckets(point: string, from: number, to: number, count: number): Promise<Buckets> {
    const series = seriesOf(point, this.#describe);
    // InfluxDB 1.6 knows neither the instant of an extreme nor an energy mean per bucket.
    const fold = createBucketFold(series, stretchOf(from, to, count));
    for await (const page of this.#pages(series, from, to)) {
      for (const { at, value } of page) fold.add(at, value);
    }
    return fold.result();
  }

  /** Readings of one point in time order, a page at a time. */
  async *#pages(
    series: Series,
    from: number,
    to: number,
    limit = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly Reading[]> {
    this.#checkOpen();
    const { kind, metric, estate, asset } = series;
    let [start, rest] = [from, limit];
    while (start < to && rest > 0) {
      const wanted = Math.min(PAGE, rest);
      const statement = `SELECT ${columnsOf(metric)} FROM ${quoted(kind)}
        WHERE "estate" = $estate AND "asset" = $asset AND time >= ${start}ms AND time < ${to}ms
        ORDER BY time LIMIT ${wanted}`;
      const [[rows] = []] = await this.#client.query([statement], { estate, asset });
      if (rows === undefined) return;
      const page = readingsOf({ ...rows, tags: { estate, asset } }, [metric]);
      yield page;
      const last = page.at(-1);
      if (last === undefined || rows.values.length < wanted) return;
      start = last.at + 1;
      rest -= page.length;
    }
  }

  async *scan(
    from: number,
    to: number,
    points?: readonly string[],
  ): AsyncGenerator<readonly Reading[]> {
    const chosen = await this.#select(points);
    yield* scanBySlices(from, to, {
      next: async (at) => {
        const firsts = await this.#ends(chosen, 'first', at);
        return firsts.size === 0 ? null : Math.min(...firsts.values());
      },
      slice: (start, end) => this.#slice(chosen, start, end),
    });
  }

  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns> {
    return columnsOfScan(this.scan(from, to, points), points);
  }

  async #slice(
    { parts, placeholders, wanted }: Selections,
    from: number,
    to: number,
  ): Promise<Reading[] | null> {
    const readings: Reading[] = [];
    const limit = to - from <= 1 ? '' : ` LIMIT ${SLICE_READINGS + 1}`;
    for (const { kind, metrics, where } of parts) {
      const statement = `SELECT ${metrics.map(columnsOf).join(', ')}, "estate", "asset"
        FROM ${quoted(kind)} WHERE time >= ${from}ms AND time < ${to}ms${where}${limit}`;
      const [[rows] = []] = await this.#client.query([statement], placeholders);
      if (rows === undefined) continue;
      for (const reading of readingsOf(rows, metrics)) {
        if (wanted(reading.point)) readings.push(reading);
      }
      if (limit !== '' && Math.max(readings.length, rows.values.length) > SLICE_READINGS)
        return null;
    }
    return readings;
  }

  async #select(points: readonly string[] | undefined): Promise<Selections> {
    this.#checkOpen();
    return points === undefined
      ? await selectAll(this.#client)
      : selectPoints(points, this.#describe);
  }

  #checkOpen(): void {
    if (this.#open) return;
    const { address } = this.#client.server;
    throw unavailable('The store of readings is not open', 'Start it first.', address);
  }
}

function companions(metric: string): string {
  return columnsOf(metric).slice(quoted(metric).length + 2);
}

/**
 * The readings to be written; adds to `held` what they will make, and to `conflicts` those that differ from
 * what is held.
 */
function sift(
  readings: readonly Reading[],
  held: Map<string, ReadingValue>,
  conflicts: Conflict[],
): Reading[] {
  const fresh: Reading[] = [];
  for (const reading of readings) {
    const key = keyOf(reading);
    const value = held.get(key);
    if (value === undefined) {
      held.set(key, reading.value);
      fresh.push(reading);
    } else if (value !== reading.value) conflicts.push({ offered: reading, held: value });
  }
  return fresh;
}
