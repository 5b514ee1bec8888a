import type { IPoint } from 'influx';
import { fieldsOf, HISTORY, RECEIVED, STAMPED } from '../influx/fields.ts';
import type { KeptRow } from '../influx/hourly.ts';
import type { Reading, ReadingValue, Series } from '../reading.ts';

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

/** A row that stays, whatever it says. */
export function keptLineOf({ measurement, place, time, fields }: KeptRow): IPoint {
  const values = Object.entries(fields).map(([field, value]) => [field, fieldValue(value)]);
  return {
    measurement,
    tags: place === null ? {} : { estate: place.estate, asset: place.asset },
    fields: Object.fromEntries(values),
    timestamp: time,
  };
}

/** The columns that make a reading of a metric. */
export function columnsOf(metric: string): string {
  return fieldsOf(metric).map(quoted).join(', ');
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
