import { keyOf } from '../influx/fields.ts';
import type { HeldSource, Kept, Stretch } from '../influx/held.ts';
import { typeOfField } from '../influx/partial-write.ts';
import type { ReadingValue, Series } from '../reading.ts';
import type { Influx1Client } from './client.ts';
import { assetReader, quoted, type Rows } from './layout.ts';
import { fieldTypes, selectSeries } from './selection.ts';

/** Asks an InfluxDB 1.x what it holds. */
export function influx1Held(client: Influx1Client): HeldSource {
  return {
    load: (kind) => load(client, kind),
    lookUp: (series, stretches, held) => lookUp(client, series, stretches, held),
  };
}

async function load(client: Influx1Client, kind: string): Promise<Kept> {
  const fields = (await fieldTypes(client, kind)).get(kind) ?? new Map<string, string>();
  const metrics = [...fields.keys()];
  const answers = await client.query(
    metrics.map(
      (metric) =>
        `SELECT last(${quoted(metric)}) FROM ${client.measurement(kind)} GROUP BY "estate", "asset"`,
    ),
  );
  const newest = new Map<string, number>();
  for (const [i, metric] of metrics.entries()) {
    for (const rows of answers[i] ?? []) {
      const [row] = rows.values;
      if (row !== undefined) newest.set(`${assetReader(rows)(row)}/${metric}`, row[0] as number);
    }
  }
  const types = new Map([...fields].map(([metric, type]) => [metric, typeOfField(type)]));
  return { types, newest };
}

async function lookUp(
  client: Influx1Client,
  series: Iterable<Series>,
  stretches: readonly Stretch[],
  held: Map<string, ReadingValue>,
): Promise<void> {
  const { parts, placeholders } = selectSeries(series);
  for (const { kind, metrics, where } of parts) {
    const columns = [...metrics, 'estate', 'asset'].map(quoted).join(', ');
    const statements = stretches.map(
      ([from, to]) => `SELECT ${columns} FROM ${client.measurement(kind)}
        WHERE time >= ${from}ms AND time <= ${to}ms${where}`,
    );
    for (const [rows] of await client.query(statements, placeholders)) {
      if (rows !== undefined) addValues(rows, metrics, held);
    }
  }
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
