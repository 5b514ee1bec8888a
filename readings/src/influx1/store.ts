import { chartOf, widened } from '../influx/chart.ts';
import { Held } from '../influx/held.ts';
import { hourlyOf } from '../influx/hourly.ts';
import { type PartialWrite, partialWrite } from '../influx/partial-write.ts';
import { Rollups } from '../influx/rollups.ts';
import { scanRemotely } from '../influx/scan.ts';
import { FirstValueWriter } from '../influx/writer.ts';
import type { Reading, Series } from '../reading.ts';
import { seriesOf, siftReadings } from '../store/check.ts';
import { columnsOfScan } from '../store/columns.ts';
import { SLICE_READINGS } from '../store/slices.ts';
import { stretchOf } from '../store/stretch.ts';
import type {
  Buckets,
  DescribePoint,
  RawRetention,
  ReadingColumns,
  ReadingStore,
  Span,
  WriteResult,
} from '../store.ts';
import { Influx1Client } from './client.ts';
import { influxError, messageOf, unavailable } from './faults.ts';
import { influx1Held } from './held.ts';
import { influx1Kept } from './kept.ts';
import { assetReader, columnsOf, lineOf, quoted, readingsOf } from './layout.ts';
import { type Selections, selectAll, selectAllHours, selectPoints } from './selection.ts';

/** Rows of one answer. */
const PAGE = 10_000;

export interface Influx1Options {
  /** `http://user:password@host:8086`; user and password only where the server asks for them. */
  readonly url: string;
  /** Created when it is not there. This store must be its only writer. */
  readonly database: string;
  readonly describe: DescribePoint;
  /** For how long raw readings are kept; when left out as it is, and for ever in a new database. */
  readonly rawRetentionMs?: RawRetention;
}

/**
 * Readings in InfluxDB 1.x, laid out for Grafana as `influx/fields.ts` says.
 * @throws CaretakerError `READINGS_STORE_URL`.
 */
export function createInflux1Readings(options: Influx1Options): ReadingStore {
  return new Influx1Readings(options);
}

class Influx1Readings implements ReadingStore {
  readonly #client: Influx1Client;
  readonly #describe: DescribePoint;
  readonly #retention: RawRetention | undefined;
  readonly #held: Held;
  readonly #rollups: Rollups;
  readonly #writer: FirstValueWriter;
  #open = false;

  constructor({ url, database, describe, rawRetentionMs }: Influx1Options) {
    this.#client = new Influx1Client(url, database);
    this.#describe = describe;
    this.#retention = rawRetentionMs;
    this.#held = new Held(influx1Held(this.#client));
    const scan = this.scan.bind(this);
    this.#rollups = new Rollups({ ...influx1Kept(this.#client), scan }, describe);
    this.#writer = new FirstValueWriter({
      held: this.#held,
      rollups: this.#rollups,
      send: (readings, series) => this.#send(readings, series),
    });
  }

  async start(): Promise<void> {
    await this.#client.open(this.#retention);
    this.#held.forget();
    await this.#rollups.open();
    this.#open = true;
  }

  async stop(): Promise<void> {
    this.#open = false;
    await this.#writer.idle();
  }

  async write(readings: readonly Reading[]): Promise<WriteResult> {
    this.#checkOpen();
    return await this.#writer.write(siftReadings(readings, this.#describe));
  }

  async expire(now: number): Promise<void> {
    this.#checkOpen();
    await this.#rollups.expire(now, this.#retention, this.#writer.turn);
  }

  async #send(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<PartialWrite | null> {
    const lines = readings.map((reading) => lineOf(reading, series.get(reading.point) as Series));
    try {
      await this.#client.write(lines);
      return null;
    } catch (error) {
      const partial = partialWrite(messageOf(error));
      if (partial !== null) return partial;
      throw influxError(error, this.#client.server);
    }
  }

  async latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    const chosen = await this.#select(points);
    const queries = chosen.parts.flatMap(({ kind, metrics, where }) =>
      metrics.map((metric) => ({
        metric,
        // "last" alone would rename the column and leave the companions of that very reading out.
        statement: `SELECT last(${quoted(metric)}) AS ${quoted(metric)}, ${companions(metric)}
          FROM ${this.#client.measurement(kind)} WHERE time >= ${this.#rawFrom}ms${where} GROUP BY "estate", "asset"`,
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
    if (this.#rollups.rawFrom === null) return spans;
    const rolled = points === undefined ? await selectAllHours(this.#client) : chosen;
    return widened(spans, await this.#rolled(rolled));
  }

  /** The first or last instant of each point, from `from` on. */
  async #ends(
    { parts, placeholders, wanted }: Selections,
    end: 'first' | 'last',
    from = this.#rawFrom,
  ): Promise<ReadonlyMap<string, number>> {
    const queries = parts.flatMap(({ kind, metrics, where }) =>
      metrics.map((metric) => ({
        metric,
        statement: `SELECT ${end}(${quoted(metric)}) FROM ${this.#client.measurement(kind)}
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
    this.#checkOpen();
    const series = seriesOf(point, this.#describe);
    const read = (start: number, end: number) => this.#pages(series, start, end);
    return await chartOf(this.#rollups, series, stretchOf(from, to, count), read);
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
    let [start, rest] = [Math.max(from, this.#rawFrom), limit];
    while (start < to && rest > 0) {
      const wanted = Math.min(PAGE, rest);
      const statement = `SELECT ${columnsOf(metric)} FROM ${this.#client.measurement(kind)}
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
    yield* scanRemotely(from, to, points?.length ?? null, {
      next: async (at) => {
        const firsts = await this.#ends(chosen, 'first', Math.max(at, this.#rawFrom));
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
    const start = Math.max(from, this.#rawFrom);
    if (start >= to) return [];
    const limit = to - from <= 1 ? '' : ` LIMIT ${SLICE_READINGS + 1}`;
    for (const { kind, metrics, where } of parts) {
      const statement = `SELECT ${metrics.map(columnsOf).join(', ')}, "estate", "asset"
        FROM ${this.#client.measurement(kind)} WHERE time >= ${start}ms AND time < ${to}ms${where}${limit}`;
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

  /** Earlier readings are let go of, though the server may still have them. */
  get #rawFrom(): number {
    return this.#rollups.rawFrom ?? 0;
  }

  /** First and last instants as the rollups know them. */
  async #rolled({ parts, placeholders, wanted }: Selections): Promise<ReadonlyMap<string, Span>> {
    const queries = parts.flatMap(({ kind, metrics, where }) => {
      const measurement = this.#client.keptMeasurement(hourlyOf(kind));
      return metrics.map((metric) => {
        const [first, last] = [`${metric}.first_at`, `${metric}.last_at`].map(quoted);
        const rest = `FROM ${measurement} WHERE time >= 0${where} GROUP BY "estate", "asset"`;
        return { metric, ends: [`SELECT first(${first}) ${rest}`, `SELECT last(${last}) ${rest}`] };
      });
    });
    const statements = queries.flatMap(({ ends }) => ends);
    const answers = await this.#client.query(statements, placeholders);
    const spans = new Map<string, Span>();
    for (const [i, { metric }] of queries.entries()) {
      for (const [j, rows] of (answers[2 * i] ?? []).entries()) {
        const [first, last] = [rows.values[0], answers[2 * i + 1]?.[j]?.values[0]];
        const point = first && `${assetReader(rows)(first)}/${metric}`;
        if (point === undefined || !wanted(point)) continue;
        spans.set(point, { first: first?.[1] as number, last: last?.[1] as number });
      }
    }
    return spans;
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
