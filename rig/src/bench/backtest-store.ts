import { DatabaseSync } from 'node:sqlite';
import { kinds } from '@caretaker/devices/kinds';
import { describeSeries, type Estate, loadEstate } from '@caretaker/devices/model';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { loadStandard } from '@caretaker/standards';

/* 200 points of an estate, of kinds with at least three rules for each, and a readings file of them. */

const minute = 60_000;
const day = 24 * 60;
/** Midnight of the estate, in UTC. */
export const start = Date.UTC(2026, 0, 1, 16);

interface Shape {
  readonly kind: string;
  readonly metrics: readonly string[];
  readonly count: number;
  readonly attributes?: Readonly<Record<string, number>>;
}

const shapes: readonly Shape[] = [
  { kind: 'pool', metrics: ['ph', 'free_cl', 'orp_mv', 'flow_m3h'], count: 4 },
  { kind: 'lighting', metrics: ['power_w', 'commanded'], count: 52, attributes: { rated_w: 100 } },
  { kind: 'bin', metrics: ['fill_pct', 'temp_c'], count: 26 },
  { kind: 'garage-air', metrics: ['co_ppm'], count: 14 },
  { kind: 'climate', metrics: ['temp_c'], count: 14 },
];

/** A value at a minute since the start; `odd` in the hours in which something is wrong. */
type Worth = (m: number, odd: boolean, noise: number) => number | boolean;

const isNight = (m: number) => m % day < 6 * 60 || m % day >= 19 * 60;
const wave = (m: number) => Math.sin((m / day) * 2 * Math.PI);

const worths: Readonly<Record<string, Worth>> = {
  ph: (m, odd, noise) => (odd ? 8.3 : 7.4) + 0.1 * wave(m) + 0.02 * noise,
  free_cl: (m, odd, noise) => (odd ? 0.1 : 0.6) + 0.05 * wave(m) + 0.02 * noise,
  orp_mv: (m, odd, noise) => (odd ? 550 : 720) + 10 * wave(m) + 4 * noise,
  flow_m3h: (_, odd, noise) => (odd ? 4 : 40) + noise,
  power_w: (m, odd, noise) => (isNight(m) !== odd ? 90 + noise : 0),
  commanded: (m) => isNight(m),
  fill_pct: (m, odd, noise) => (odd ? 96 : (m % day) / 20) + noise,
  temp_c: (m, odd, noise) => (odd ? 75 : 24) + 4 * wave(m) + 0.2 * noise,
  co_ppm: (m, odd, noise) => (odd ? 70 : 6) + 2 * wave(m) + noise,
};

/** @throws when a kind or metric is no longer there */
export function estateOf(): Estate {
  const name = { en: 'Bench', zh: '测试' };
  const items = loadStandard().items;
  const touchpointOf = (kind: string) =>
    items.find((item) => item.rules.some((rule) => rule.kind === kind))?.touchpoint;
  const assets = shapes.flatMap(({ kind, metrics, count, attributes = {} }) =>
    Array.from({ length: count }, (_, k) => ({
      id: `${kind}-${k}`,
      name,
      kind,
      touchpoint: touchpointOf(kind),
      place: name,
      attributes,
      points: metrics.map((metric) => ({ metric, cadence: '1m' })),
    })),
  );
  return loadEstate(
    JSON.stringify({
      id: 'bench',
      name,
      zone: 'Asia/Shanghai',
      location: { latitude: 31.2, longitude: 121.5 },
      gateway: 'bench-1',
      calendars: { pool: '06:00-22:00' },
      assets,
      mappings: [],
    }),
    'bench.yaml',
  );
}

/**
 * Makes a readings file with a reading a minute of every point. It writes the rows as the store would, in bulk
 * and without waiting for the disk: the store's own way takes some five minutes for as many.
 * @returns how many rows
 */
export async function makeStore(file: string, estate: Estate, days: number): Promise<number> {
  const store = createSqliteReadings({ file, describe: describeSeries([estate]) });
  await store.start();
  await store.stop();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  const minutes = days * day;
  const addSeries = database.prepare('INSERT INTO series (id, point, type) VALUES (?, ?, ?)');
  const addSpan = database.prepare('INSERT INTO span (series, first, last) VALUES (?, ?, ?)');
  // One text of all values a point: a third of the time of a call a row.
  const add = (value: string) =>
    database.prepare(
      `INSERT INTO reading SELECT ?1, ?2 + key * ${minute}, ${value}, 40, 1 FROM json_each(?3)`,
    );
  const addNumbers = add('CAST(value AS REAL)');
  const addFlags = add('value');
  const points = estate.assets.flatMap((asset) =>
    asset.points.map((point) => ({ id: point.id, metric: point.metric, kind: asset.kind })),
  );
  for (const [k, { id, metric, kind }] of points.entries()) {
    const type = ['number', 'state', 'flag'].indexOf(kinds[kind]?.metrics[metric]?.type ?? '');
    const worth = seriesOf(metric, k);
    const values = Array.from({ length: minutes }, (_, m) => worth(m));
    // Not all at once: devices have their own second.
    const first = start + ((k * 7_919) % 60) * 1_000;
    addSeries.run(k + 1, id, type);
    addSpan.run(k + 1, first, first + (minutes - 1) * minute);
    (type === 0 ? addNumbers : addFlags).run(k + 1, first, `[${values.join()}]`);
  }
  database.exec('COMMIT; PRAGMA journal_mode = WAL');
  database.close();
  return minutes * points.length;
}

/** One hour in 400 something is wrong with a point. */
function seriesOf(metric: string, k: number): (m: number) => number | boolean {
  const worth = worths[metric];
  if (worth === undefined) throw new Error(`no values for ${metric}`);
  return (m) => {
    const odd = mixed(Math.floor(m / 60) * 211 + k) % 400 === 0;
    const value = worth(m, odd, (mixed(m * 211 + k) % 17) / 8 - 1);
    return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
  };
}

function mixed(seed: number): number {
  let x = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}
