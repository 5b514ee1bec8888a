import { describeSeries, type Estate, loadEstate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
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

/** Minutes of one write. */
const batch = 100;

/**
 * Makes a readings file with a reading a minute of every point.
 * @returns how many rows
 */
export async function makeStore(file: string, estate: Estate, days: number): Promise<number> {
  const store = createSqliteReadings({ file, describe: describeSeries([estate]) });
  await store.start();
  const minutes = days * day;
  const points = estate.assets
    .flatMap((asset) => asset.points)
    .map(({ id, metric }, k) => ({
      id,
      worth: seriesOf(metric, k),
      // Not all at once: devices have their own second.
      first: start + ((k * 7_919) % 60) * 1_000,
    }));
  for (let from = 0; from < minutes; from += batch) {
    const readings: Reading[] = [];
    for (const { id, worth, first } of points) {
      for (let m = from; m < Math.min(minutes, from + batch); m += 1) {
        const at = first + m * minute;
        const marks = { received: at + 40, stamped: true, history: false };
        readings.push({ point: id, at, value: worth(m), ...marks });
      }
    }
    await store.write(readings);
  }
  // As a file is that has been in use: all but what just came is folded.
  await store.expire(start + minutes * minute);
  await store.stop();
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
