import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';
import type { Influx1Client } from './client.ts';
import { assetReader, FIELD_TYPES, quoted, type Rows, typeOfField } from './layout.ts';
import { fieldTypes, selectSeries } from './selection.ts';

/** Instants closer than this are looked up by one stretch of time. */
const STRETCH_GAP_MS = 60_000;

/** (point, at) as the key of a map. */
export function keyOf(reading: Pick<Reading, 'point' | 'at'>): string {
  return `${reading.point}@${reading.at}`;
}

/** What is known of one measurement. */
interface Kept {
  /** InfluxDB's type of each metric's field. */
  readonly fields: ReadonlyMap<string, string>;
  /** Newest instant of each point. */
  readonly newest: Map<string, number>;
}

/**
 * Finds what the database already holds under the readings of a write. InfluxDB itself lets the last value
 * win, so the first one must be found before writing. A reading newer than all of its point needs no query;
 * this store must therefore be the only writer of its database.
 */
export class Held {
  readonly #client: Influx1Client;
  readonly #kept = new Map<string, Kept>();

  constructor(client: Influx1Client) {
    this.#client = client;
  }

  /**
   * Points whose field is of another type in the database, with that type. To be asked before `find`.
   */
  async mistyped(series: Iterable<Series>): Promise<ReadonlyMap<string, MetricType>> {
    const mistyped = new Map<string, MetricType>();
    for (const { point, kind, metric, type } of series) {
      const { fields } = this.#kept.get(kind) ?? (await this.#load(kind));
      const field = fields.get(metric);
      if (field !== undefined && field !== FIELD_TYPES[type])
        mistyped.set(point, typeOfField(field));
    }
    return mistyped;
  }

  /**
   * Values held under these readings, by `keyOf`.
   */
  async find(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<Map<string, ReadingValue>> {
    const kinds = new Map<string, Reading[]>();
    for (const reading of readings) {
      const { kind } = series.get(reading.point) as Series;
      const { newest } = this.#kept.get(kind) as Kept;
      if (reading.at > (newest.get(reading.point) ?? Number.NEGATIVE_INFINITY)) continue;
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, [reading]);
      else known.push(reading);
    }
    const held = new Map<string, ReadingValue>();
    for (const old of kinds.values()) await this.#lookUp(old, series, held);
    return held;
  }

  /** To be told of what was written. */
  wrote(readings: readonly Reading[], series: ReadonlyMap<string, Series>): void {
    for (const { point, at } of readings) {
      const kept = this.#kept.get((series.get(point) as Series).kind);
      if (kept !== undefined && at > (kept.newest.get(point) ?? -1)) kept.newest.set(point, at);
    }
  }

  /** To be called when a write may have been done in part. */
  forget(): void {
    this.#kept.clear();
  }

  async #load(kind: string): Promise<Kept> {
    const fields = (await fieldTypes(this.#client, kind)).get(kind) ?? new Map<string, string>();
    const metrics = [...fields.keys()];
    const answers = await this.#client.query(
      metrics.map(
        (metric) =>
          `SELECT last(${quoted(metric)}) FROM ${quoted(kind)} GROUP BY "estate", "asset"`,
      ),
    );
    const newest = new Map<string, number>();
    for (const [i, metric] of metrics.entries()) {
      for (const rows of answers[i] ?? []) {
        const [row] = rows.values;
        if (row !== undefined) newest.set(`${assetReader(rows)(row)}/${metric}`, row[0] as number);
      }
    }
    const kept = { fields, newest };
    this.#kept.set(kind, kept);
    return kept;
  }

  /** Reads the stretches of time around these readings, all of one kind. */
  async #lookUp(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
    held: Map<string, ReadingValue>,
  ): Promise<void> {
    const involved = new Set(readings.map(({ point }) => series.get(point) as Series));
    const { parts, placeholders } = selectSeries(involved);
    for (const { kind, metrics, where } of parts) {
      const columns = [...metrics, 'estate', 'asset'].map(quoted).join(', ');
      const statements = stretchesOf(readings).map(
        ([from, to]) =>
          `SELECT ${columns} FROM ${quoted(kind)} WHERE time >= ${from}ms AND time <= ${to}ms${where}`,
      );
      for (const [rows] of await this.#client.query(statements, placeholders)) {
        if (rows !== undefined) addValues(rows, metrics, held);
      }
    }
  }
}

/** Stretches of time that cover the readings, as [first, last]. */
function stretchesOf(readings: readonly Reading[]): [number, number][] {
  const instants = Float64Array.from(readings, ({ at }) => at).sort();
  const stretches: [number, number][] = [];
  for (const at of instants) {
    const last = stretches.at(-1);
    if (last !== undefined && at - last[1] <= STRETCH_GAP_MS) last[1] = at;
    else stretches.push([at, at]);
  }
  return stretches;
}

function addValues(rows: Rows, metrics: readonly string[], held: Map<string, ReadingValue>): void {
  const assetOf = assetReader(rows);
  const places = metrics.map((metric) => [metric, rows.columns.indexOf(metric)] as const);
  for (const row of rows.values) {
    const asset = assetOf(row);
    for (const [metric, place] of places) {
      const value = (row[place] ?? null) as ReadingValue | null;
      if (value === null) continue;
      held.set(keyOf({ point: `${asset}/${metric}`, at: row[0] as number }), value);
    }
  }
}
