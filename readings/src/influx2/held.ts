import { isMetric, keyOf } from '../influx/fields.ts';
import type { HeldSource, Kept, Stretch } from '../influx/held.ts';
import type { MetricType, ReadingValue, Series } from '../reading.ts';
import type { Influx2Client } from './client.ts';
import { typeOfColumn, wordIn } from './layout.ts';
import {
  ALL_TIME,
  all,
  anyMetric,
  last,
  ofKind,
  rowsOf,
  selectSeries,
  together,
} from './queries.ts';

/** Pipelines of one request: each is planned by itself. */
const PIPELINES = 20;

/** Asks an InfluxDB 2.x what it holds. */
export function influx2Held(client: Influx2Client): HeldSource {
  return {
    load: (kind) => load(client, kind),
    lookUp: (series, stretches, held) => lookUp(client, series, stretches, held),
  };
}

async function load(client: Influx2Client, kind: string): Promise<Kept> {
  const types = new Map<string, MetricType>();
  const mixed = new Set<string>();
  const newest = new Map<string, number>();
  const condition = all([ofKind(kind), anyMetric]);
  const query = rowsOf(client.server.bucket, ALL_TIME, condition, [last]);
  await client.query(query, ({ asset, field, at, dataType }) => {
    const type = typeOfColumn(dataType);
    if ((types.get(field) ?? type) !== type) mixed.add(field);
    types.set(field, type);
    newest.set(`${asset}/${field}`, at);
  });
  // InfluxDB holds a field to one type by stretches of time; of one that differs, it alone knows.
  for (const field of mixed) types.delete(field);
  return { types, newest };
}

async function lookUp(
  client: Influx2Client,
  series: Iterable<Series>,
  stretches: readonly Stretch[],
  held: Map<string, ReadingValue>,
): Promise<void> {
  const conditions = selectSeries(series).map(({ values }) => values);
  const { bucket } = client.server;
  for (const condition of conditions) {
    for (let from = 0; from < stretches.length; from += PIPELINES) {
      const pipelines = stretches
        .slice(from, from + PIPELINES)
        .map(([first, end]) => rowsOf(bucket, { from: first, to: end + 1 }, condition));
      await client.query(together(pipelines), ({ asset, field, at, value }) => {
        if (value === null || !isMetric(field)) return;
        const word = typeof value === 'string' ? wordIn(value) : value;
        held.set(keyOf({ point: `${asset}/${field}`, at }), word);
      });
    }
  }
}
