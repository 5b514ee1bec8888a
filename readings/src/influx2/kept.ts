import { DeleteAPI } from '@influxdata/influxdb-client-apis';
import type { KeptRow } from '../influx/hourly.ts';
import type { KeptQuery, RollupBackend } from '../influx/rollups.ts';
import type { Influx2Client } from './client.ts';
import { influxError } from './faults.ts';
import { keptLineOf, wordIn } from './layout.ts';
import { keptRows, rowsOf, within } from './queries.ts';
import { setUpBucket } from './setup.ts';

/** Rows that stay, in an InfluxDB 2.x: in a bucket of their own, in which nothing expires. */
export function influx2Kept(
  client: Influx2Client,
): Pick<RollupBackend, 'put' | 'rows' | 'forget' | 'keep'> {
  return {
    async put(rows) {
      try {
        await client.write(client.hourly, rows.map(keptLineOf));
      } catch (error) {
        throw influxError(error, client.server);
      }
    },
    rows: (query) => readRows(client, query),
    forget: (measurement, before) => forget(client, measurement, before),
    keep: (retention) => setUpBucket(client, client.server.bucket, retention, 'exactly'),
  };
}

async function readRows(client: Influx2Client, query: KeptQuery): Promise<KeptRow[]> {
  const { measurement, place } = query;
  const time = within(query);
  if (time === null) return [];
  const found = new Map<number, Record<string, number | string>>();
  await client.query(rowsOf(client.hourly, time, keptRows(query)), ({ field, at, value }) => {
    if (value === null || typeof value === 'boolean') return;
    const fields = found.get(at) ?? {};
    fields[field] = typeof value === 'string' ? wordIn(value) : value;
    found.set(at, fields);
  });
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([at, fields]) => ({ measurement, place, time: at, fields }));
}

async function forget(client: Influx2Client, measurement: string, before: number): Promise<void> {
  const { organisation } = client.server;
  const body = {
    start: new Date(0).toISOString(),
    stop: new Date(before).toISOString(),
    predicate: `_measurement="${measurement}"`,
  };
  try {
    await new DeleteAPI(client.api).postDelete({ org: organisation, bucket: client.hourly, body });
  } catch (error) {
    throw influxError(error, client.server);
  }
}
