import type { KeptRow } from '../influx/hourly.ts';
import type { KeptQuery, RollupBackend } from '../influx/rollups.ts';
import type { Influx1Client } from './client.ts';
import { keptLineOf, quoted } from './layout.ts';

/** Rows of one answer. */
const PAGE = 5_000;

/** Rows that stay, in an InfluxDB 1.x. */
export function influx1Kept(
  client: Influx1Client,
): Pick<RollupBackend, 'put' | 'rows' | 'forget' | 'keep'> {
  return {
    put: (rows) => client.keepPoints(rows.map(keptLineOf)),
    rows: (query) => rowsOf(client, query),
    async forget(measurement, before) {
      await client.query([`DELETE FROM ${quoted(measurement)} WHERE time < ${before}ms`]);
    },
    keep: (retention) => client.keep(retention),
  };
}

async function rowsOf(client: Influx1Client, query: KeptQuery): Promise<KeptRow[]> {
  const { measurement, place, fields } = query;
  const columns = fields.map(quoted).join(', ');
  const where = place === null ? '' : ' AND "estate" = $estate AND "asset" = $asset';
  const found: KeptRow[] = [];
  // InfluxDB's 64 bits of nanoseconds end in 2262.
  const to = Math.min(query.to, 9_214_646_400_000);
  for (let from = query.from; from < to; ) {
    const statement = `SELECT ${columns} FROM ${client.keptMeasurement(measurement)}
      WHERE time >= ${from}ms AND time < ${to}ms${where} ORDER BY time LIMIT ${PAGE}`;
    const [[rows] = []] = await client.query([statement], { ...place });
    const values = rows?.values ?? [];
    for (const [time, ...row] of values) {
      const given = fields.map((field, i) => [field, row[i]]).filter(([, value]) => value != null);
      found.push({ measurement, place, time: time as number, fields: Object.fromEntries(given) });
    }
    if (values.length < PAGE) break;
    from = (found.at(-1)?.time ?? to) + 1;
  }
  return found;
}
