import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from '@caretaker/cli';
import { systemClock } from '@caretaker/readings/base';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import type { Product } from '../src/product/product.ts';
import {
  readStanding,
  type Standing,
  untilJudged,
  withoutAbsences,
} from '../src/product/standing.ts';
import { patienceMs, until } from '../src/servers/process.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 1);
/** Readings of the whole replay. */
export const rows = 4_000;
const file = 'loud-days.csv';
/** So few readings are not yet in the cloud at any time, so that they come in many small frames on any machine. */
const ahead = 200;
const perLook = 50;

/** The device in the estate of recorded data that measures the levels. */
export const device = 'terrace-sound';

/** The nth one-minute level: loud for two hours out of every six, with a ripple. */
export function level(n: number): { readonly at: number; readonly laeq_db: number } {
  const loud = n % 360 < 120 ? 58 : 41;
  return { at: start + n * minute, laeq_db: loud + ((n * 7) % 5) / 10 };
}

/** Almost three days of them. */
function loudDays(): string {
  const lines = ['asset,at,laeq_db'];
  for (let i = 0; i < rows; i += 1) {
    const { at, laeq_db } = level(i);
    lines.push(`${device},${at},${laeq_db}`);
  }
  return `${lines.join('\n')}\n`;
}

const point = `archive/${device}/laeq_db`;

/** Readings in the cloud's own store, opened after the cloud has stopped. */
async function storedReadings(folder: string) {
  const store = createSqliteReadings({
    file: join(folder, 'cloud/readings.db'),
    describe: () => ({
      point,
      estate: 'archive',
      asset: device,
      kind: 'sound',
      metric: 'laeq_db',
      type: 'number',
      mean: 'energy',
    }),
  });
  await store.start();
  const readings = await store.range(point, 0, Number.MAX_SAFE_INTEGER);
  await store.stop();
  return readings;
}

/** What stands and what is stored when all is judged. */
interface Outcome {
  readonly standing: Standing;
  readonly stored: readonly { at: number; value: unknown }[];
  /** Ranges of readings that a gateway no longer had when the cloud asked for them. */
  readonly losses: number;
}

/** The outcome of a replay. */
export interface Run extends Outcome {
  readonly acknowledged: number;
}

/** Waits until all is judged, stops the product and looks at what it made of the readings. */
export async function finish(product: Product): Promise<Outcome> {
  await untilJudged(product.api);
  const standing = withoutAbsences(await readStanding(product.api));
  const gateways = (await product.api.estates()).flatMap((estate) => estate.gateways);
  const losses = gateways.reduce((sum, gateway) => sum + gateway.losses, 0);
  await product.parts.edge.stop();
  await product.parts.cloud.stop();
  return { standing, losses, stored: await storedReadings(product.sandbox.folder) };
}

/** Lets a replay be a little ahead of what the cloud has stored, also of a cloud that is gone for a while. */
function keepPace({ api }: Product): () => Promise<void> {
  let published = 0;
  const stored = async () => {
    try {
      const { series } = await api.readings(point, start, start + rows * minute, 1);
      return series.buckets.reduce((sum, { n }) => sum + n, 0);
    } catch {
      return 0;
    }
  };
  return async () => {
    published += 1;
    if (published <= ahead || published % perLook !== 0) return;
    const needed = published - ahead;
    await until(
      'the cloud has stored enough',
      async () => (await stored()) >= needed,
      patienceMs,
      5,
    );
  };
}

/** Replays the file into a product; `during` may kill and restart parts meanwhile. */
export async function runReplay(
  product: Product,
  during: (finished: () => boolean) => Promise<void>,
): Promise<Run> {
  const path = join(product.sandbox.folder, file);
  writeFileSync(path, loudDays());
  let finished = false;
  const replaying = replay({
    file: path,
    map: null,
    url: product.sandbox.mqttUrl,
    speed: keepPace(product),
    shift: false,
    window: 20,
    clock: systemClock,
  }).then((counts) => {
    finished = true;
    return counts;
  });
  await Promise.all([replaying, during(() => finished)]);
  return { ...(await finish(product)), acknowledged: (await replaying).acknowledged };
}
