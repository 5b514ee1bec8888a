import { chartOf, widened } from '../influx/chart.ts';
import { isMetric } from '../influx/fields.ts';
import { Held } from '../influx/held.ts';
import { type PartialWrite, partialWrite } from '../influx/partial-write.ts';
import { Rollups } from '../influx/rollups.ts';
import { scanRemotely } from '../influx/scan.ts';
import { FirstValueWriter } from '../influx/writer.ts';
import type { Reading, Series } from '../reading.ts';
import { seriesOf, siftReadings } from '../store/check.ts';
import { columnsOfScan } from '../store/columns.ts';
import { byTime, SLICE_READINGS } from '../store/slices.ts';
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
import { Influx2Client, type Influx2Settings } from './client.ts';
import { influxError, messageOf, unavailable } from './faults.ts';
import { influx2Held } from './held.ts';
import { influx2Kept } from './kept.ts';
import { lineOf, ReadingRows } from './layout.ts';
import {
  ALL_TIME,
  anyMetric,
  atMost,
  countOf,
  type Flux,
  first,
  hourEnds,
  last,
  rowsOf,
  type Selection,
  type Stretch,
  selectSeries,
  within,
} from './queries.ts';
import { probe, setUpBucket } from './setup.ts';

/** Readings of one answer. */
const PAGE = 10_000;

export interface Influx2Options extends Influx2Settings {
  readonly describe: DescribePoint;
  /**
   * For how long raw readings are kept, in a bucket that we made by its own retention; when left out as it is, and
   * for ever in a new bucket.
   */
  readonly rawRetentionMs?: RawRetention;
}

/**
 * Readings in InfluxDB 2.x, laid out for Grafana as `influx/fields.ts` and `layout.ts` say. This store must be
 * the only writer of its bucket.
 * @throws CaretakerError `READINGS_STORE_URL`.
 */
export function createInflux2Readings(options: Influx2Options): ReadingStore {
  return new Influx2Readings(options);
}

/** What to read, and whether a point that a query brought was asked for. */
interface Chosen {
  readonly parts: readonly Selection[];
  /** The points named; null for all. */
  readonly series: readonly Series[] | null;
  wanted(point: string): boolean;
}

class Influx2Readings implements ReadingStore {
  readonly #client: Influx2Client;
  readonly #bucket: string;
  readonly #retention: RawRetention | undefined;
  readonly #describe: DescribePoint;
  readonly #held: Held;
  readonly #rollups: Rollups;
  readonly #writer: FirstValueWriter;
  #open = false;

  constructor({ describe, rawRetentionMs, ...settings }: Influx2Options) {
    this.#client = new Influx2Client(settings);
    this.#bucket = settings.bucket;
    this.#retention = rawRetentionMs;
    this.#describe = describe;
    this.#held = new Held(influx2Held(this.#client));
    const scan = this.scan.bind(this);
    this.#rollups = new Rollups({ ...influx2Kept(this.#client), scan }, describe);
    this.#writer = new FirstValueWriter({
      held: this.#held,
      rollups: this.#rollups,
      send: (readings, series) => this.#send(readings, series),
    });
  }

  async start(): Promise<void> {
    await probe(this.#client);
    await setUpBucket(this.#client, this.#bucket, this.#retention, 'longer');
    await setUpBucket(this.#client, this.#client.hourly, null, 'lasting');
    this.#held.forget();
    await this.#rollups.open();
    this.#open = true;
  }

  async stop(): Promise<void> {
    this.#open = false;
    await this.#writer.idle();
    this.#client.close();
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
      await this.#client.write(this.#bucket, lines);
      return null;
    } catch (error) {
      const partial = partialWrite(messageOf(error));
      if (partial !== null) return partial;
      throw influxError(error, this.#client.server);
    }
  }

  async latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    const { parts, wanted } = this.#select(points);
    const rows = new ReadingRows();
    for (const { readings } of parts) {
      const query = rowsOf(this.#bucket, this.#raw(), readings, [last]);
      await this.#client.query(query, (row) => rows.add(row));
    }
    const newest = new Map<string, Reading>();
    for (const reading of rows.readings()) {
      const { point, at } = reading;
      if (wanted(point) && at >= (newest.get(point)?.at ?? 0)) newest.set(point, reading);
    }
    return newest;
  }

  async spans(points?: readonly string[]): Promise<ReadonlyMap<string, Span>> {
    const chosen = this.#select(points);
    const firsts = await this.#ends(chosen, first);
    const lasts = await this.#ends(chosen, last);
    const spans = new Map<string, Span>();
    for (const [point, at] of firsts) spans.set(point, { first: at, last: lasts.get(point) ?? at });
    return this.#rollups.rawFrom === null ? spans : widened(spans, await this.#rolled(chosen));
  }

  /** First and last instants as the rollups know them. */
  async #rolled({ series, wanted }: Chosen): Promise<ReadonlyMap<string, Span>> {
    const ends = async (figure: string, end: Flux) => {
      const instants = new Map<string, number>();
      for (const condition of hourEnds(series, figure)) {
        const query = rowsOf(this.#client.hourly, ALL_TIME, condition, [end]);
        await this.#client.query(query, ({ asset, field, value }) => {
          const point = `${asset}/${field.slice(0, -figure.length - 1)}`;
          if (wanted(point)) instants.set(point, value as number);
        });
      }
      return instants;
    };
    const lasts = await ends('last_at', last);
    const spans = [...(await ends('first_at', first))].map(
      ([point, at]) => [point, { first: at, last: lasts.get(point) ?? at }] as const,
    );
    return new Map(spans);
  }

  /** The first or last instant of each point in that time. */
  async #ends(
    { parts, wanted }: Chosen,
    end: Flux,
    time = this.#raw(),
  ): Promise<ReadonlyMap<string, number>> {
    const ends = new Map<string, number>();
    for (const { values } of parts) {
      await this.#client.query(rowsOf(this.#bucket, time, values, [end]), (row) => {
        const point = `${row.asset}/${row.field}`;
        if (wanted(point)) ends.set(point, row.at);
      });
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
    for await (const page of this.#pages(series, { from, to }, limit)) {
      for (const reading of page) readings.push(reading);
    }
    return readings;
  }

  async buckets(point: string, from: number, to: number, count: number): Promise<Buckets> {
    this.#checkOpen();
    const series = seriesOf(point, this.#describe);
    const read = (start: number, end: number) => this.#pages(series, { from: start, to: end });
    return await chartOf(this.#rollups, series, stretchOf(from, to, count), read);
  }

  /** Readings of one point in time order, a page at a time. */
  async *#pages(
    series: Series,
    asked: Stretch,
    limit = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly Reading[]> {
    this.#checkOpen();
    const [selected] = selectSeries([series]);
    const condition = selected?.readings ?? null;
    let time = this.#raw(asked);
    let rest = limit;
    while (time !== null && rest > 0) {
      const wanted = Math.min(PAGE, rest);
      const rows = new ReadingRows();
      // Of the value and of each companion: a companion lies only where a value does, so none is missed.
      const query = rowsOf(this.#bucket, time, condition, [atMost(wanted)]);
      await this.#client.query(query, (row) => rows.add(row));
      const page = rows.readings().sort(byTime);
      yield page;
      const end = page.at(-1);
      if (end === undefined || page.length < wanted) return;
      time = within({ from: end.at + 1, to: time.to });
      rest -= page.length;
    }
  }

  async *scan(
    from: number,
    to: number,
    points?: readonly string[],
  ): AsyncGenerator<readonly Reading[]> {
    const chosen = this.#select(points);
    yield* scanRemotely(from, to, points?.length ?? null, {
      next: async (at) => {
        const time = this.#raw({ from: at, to: ALL_TIME.to });
        const firsts = time === null ? null : await this.#ends(chosen, first, time);
        return firsts === null || firsts.size === 0 ? null : Math.min(...firsts.values());
      },
      slice: (start, end) => this.#slice(chosen, { from: start, to: end }),
    });
  }

  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns> {
    return columnsOfScan(this.scan(from, to, points), points);
  }

  async #slice({ parts, wanted }: Chosen, asked: Stretch): Promise<Reading[] | null> {
    const time = this.#raw(asked);
    if (time === null) return [];
    const filled: (Flux | null)[] = [];
    let rows = 0;
    for (const { values, readings } of parts) {
      const count = await this.#count(time, values);
      rows += count;
      // All that the condition brings is held in memory, also what was not asked for.
      if (rows > SLICE_READINGS && time.to - time.from > 1) return null;
      if (count > 0) filled.push(readings);
    }
    const found = new ReadingRows();
    for (const condition of filled) {
      await this.#client.query(rowsOf(this.#bucket, time, condition), (row) => found.add(row));
    }
    return found.readings().filter(({ point }) => wanted(point));
  }

  async #count(time: Stretch, condition: Flux): Promise<number> {
    let count = 0;
    await this.#client.query(countOf(this.#bucket, time, condition), ({ value }) => {
      count += Number(value);
    });
    return count;
  }

  /** The part of a time whose readings are not let go of, though the server may still have others. */
  #raw(time?: undefined): Stretch;
  #raw(time: Stretch): Stretch | null;
  #raw({ from, to }: Stretch = ALL_TIME): Stretch | null {
    return within({ from: Math.max(from, this.#rollups.rawFrom ?? 0), to });
  }

  /** Points that are declared; the others have nothing to read. */
  #select(points: readonly string[] | undefined): Chosen {
    this.#checkOpen();
    if (points === undefined) {
      const isOurs = (point: string) => isMetric(point.slice(point.lastIndexOf('/') + 1));
      return { parts: [{ values: anyMetric, readings: null }], series: null, wanted: isOurs };
    }
    const series = points.map(this.#describe).filter((one) => one !== undefined);
    const named = new Set(series.map(({ point }) => point));
    return { parts: selectSeries(series), series, wanted: (point) => named.has(point) };
  }

  #checkOpen(): void {
    if (this.#open) return;
    throw unavailable('The store of readings is not open', 'Start it first.', this.#client.server);
  }
}
