import type { Reading, Series } from '@caretaker/readings';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { cadence, instantOf, monthMs, monthRows, type Side, start, worthOf } from './store-load.ts';

const monthPoint = 'bench/month/ph';

function describe(point: string): Series {
  const [estate = '', asset = '', metric = ''] = point.split('/');
  return { point, estate, asset, metric, kind: 'pool', type: 'number', mean: 'arithmetic' };
}

function reading(point: string, at: number, row: number): Reading {
  const value = worthOf(row);
  return { point, at, received: at + 40 + (row % 50), value, stamped: true, history: false };
}

/** The embedded store through its port, as the cloud uses it. */
export async function embeddedStore(file: string, points: number): Promise<Side> {
  const names = Array.from({ length: points }, (_, p) => `bench/asset-${p}/ph`);
  const known = new Map([...names, monthPoint].map((point) => [point, describe(point)]));
  const store = createSqliteReadings({ file, describe: (point) => known.get(point) });
  await store.start();
  const keep = async (readings: readonly Reading[]) => {
    const { written } = await store.write(readings);
    if (written !== readings.length) throw new Error(`${written} of ${readings.length} written`);
  };
  return {
    write: (first, count) =>
      keep(
        Array.from({ length: count }, (_, k) => {
          const row = first + k;
          const p = row % points;
          return reading(names[p] as string, instantOf(Math.floor(row / points), p), row);
        }),
      ),
    writeMonth: () =>
      keep(
        Array.from({ length: monthRows }, (_, i) =>
          reading(monthPoint, start - monthMs + i * cadence, i),
        ),
      ),
    async month() {
      const { buckets } = await store.buckets(monthPoint, start - monthMs, start, 500);
      return buckets.reduce((sum, { n }) => sum + n, 0);
    },
    latest: async () => (await store.latest()).size,
    close: () => store.stop(),
  };
}
