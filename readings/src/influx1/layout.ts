import type { IPoint } from 'influx';
import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';

/*
 * How readings lie in InfluxDB 1.x, for Grafana and other programs:
 *
 *   measurement = kind, tags `estate` and `asset`, time = `at` in milliseconds;
 *   `<metric>`           the value: float for numbers, string for states, boolean for flags;
 *   `<metric>.received`  integer, epoch milliseconds, always beside the value;
 *   `<metric>.stamped`   boolean, written only when false;
 *   `<metric>.history`   boolean, written only when true.
 *
 * A metric id has no dot, so the fields cannot meet.
 */

const RECEIVED = '.received';
const STAMPED = '.stamped';
const HISTORY = '.history';

/** What InfluxDB calls the type of each metric's field. */
export const FIELD_TYPES = { number: 'float', state: 'string', flag: 'boolean' } as const;

/** Integers are numbers that another program wrote. */
export function typeOfField(field: string): MetricType {
  if (field === FIELD_TYPES.state) return 'state';
  return field === FIELD_TYPES.flag ? 'flag' : 'number';
}

export function isMetric(field: string): boolean {
  return !field.includes('.');
}

/** Text that stands in the line protocol as it is: the client only calls `String` on it. */
class Literal {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** −0 is 0 to every store. The client's own quoting of strings is not exact for a backslash before a quote. */
function fieldValue(value: ReadingValue): unknown {
  if (typeof value === 'string') return new Literal(quoted(value));
  return value === 0 ? 0 : value;
}

/** A string field, or an identifier in a query. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

export function lineOf(reading: Reading, series: Series): IPoint {
  const { metric } = series;
  const fields: Record<string, unknown> = {
    [metric]: fieldValue(reading.value),
    [metric + RECEIVED]: new Literal(`${reading.received}i`),
  };
  if (!reading.stamped) fields[metric + STAMPED] = false;
  if (reading.history) fields[metric + HISTORY] = true;
  return {
    measurement: series.kind,
    tags: { estate: series.estate, asset: series.asset },
    fields,
    timestamp: reading.at,
  };
}

/** The columns that make a reading of a metric. */
export function columnsOf(metric: string): string {
  return [metric, metric + RECEIVED, metric + STAMPED, metric + HISTORY].map(quoted).join(', ');
}

/** One stretch of rows as InfluxDB answers it. */
export interface Rows {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** The readings of these metrics in rows that carry `columnsOf` each; by row, absent ones left out. */
export function readingsOf(rows: Rows, metrics: readonly string[]): Reading[] {
  const column = (name: string) => rows.columns.indexOf(name);
  const places = metrics.map((metric) => ({
    metric,
    value: column(metric),
    received: column(metric + RECEIVED),
    stamped: column(metric + STAMPED),
    history: column(metric + HISTORY),
  }));
  const assetOf = assetReader(rows);
  const readings: Reading[] = [];
  for (const row of rows.values) {
    const asset = assetOf(row);
    const at = row[0] as number;
    for (const { metric, value, received, stamped, history } of places) {
      const found = row[value] ?? null;
      if (found === null) continue;
      readings.push({
        point: `${asset}/${metric}`,
        at,
        received: (row[received] as number | null) ?? at,
        value: found as ReadingValue,
        stamped: row[stamped] !== false,
        history: row[history] === true,
      });
    }
  }
  return readings;
}

/** `estate/asset` of a row: from the tags of the stretch, or from its columns. */
export function assetReader({ tags, columns }: Rows): (row: readonly unknown[]) => string {
  if (tags !== undefined) {
    const asset = `${tags.estate}/${tags.asset}`;
    return () => asset;
  }
  const estate = columns.indexOf('estate');
  const asset = columns.indexOf('asset');
  return (row) => `${row[estate]}/${row[asset]}`;
}
