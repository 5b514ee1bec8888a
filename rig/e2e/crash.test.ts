import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from '@caretaker/cli';
import { systemClock } from '@caretaker/readings/base';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Product, withProduct } from '../src/product/product.ts';
import { readStanding, type Standing, untilJudged } from '../src/product/standing.ts';
import { archiveEstate } from './archive.ts';

const places = [
  ['edge', 'edge.before-sync', 4],
  ['edge', 'edge.after-sync', 4],
  ['edge', 'edge.frame-sent', 4],
  ['edge', 'edge.ack-received', 3],
  ['cloud', 'cloud.frame-received', 4],
  ['cloud', 'cloud.after-store-write', 3],
  ['cloud', 'cloud.before-ack', 3],
] as const;

const minute = 60_000;
const start = Date.UTC(2026, 2, 1);
const rows = 4_000;
const file = 'loud-days.csv';

/** Almost three days of one-minute levels: loud for two hours out of every six, with a ripple. */
function loudDays(): string {
  const lines = ['asset,at,laeq_db'];
  for (let i = 0; i < rows; i += 1) {
    const loud = i % 360 < 120 ? 58 : 41;
    lines.push(`terrace-sound,${start + i * minute},${loud + ((i * 7) % 5) / 10}`);
  }
  return `${lines.join('\n')}\n`;
}

const point = 'archive/terrace-sound/laeq_db';

/** Readings in the cloud's own store, opened after the cloud has stopped. */
async function storedReadings(folder: string) {
  const store = createSqliteReadings({
    file: join(folder, 'cloud/readings.db'),
    describe: () => ({
      point,
      estate: 'archive',
      asset: 'terrace-sound',
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

interface Run {
  readonly standing: Standing;
  readonly stored: readonly { at: number; value: unknown }[];
  readonly acknowledged: number;
}

/** Replays the file into a product; `during` may kill and restart parts meanwhile. */
async function runReplay(
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
    // About five seconds, so that the run consists of many small batches and frames on any machine.
    speed: 48_000,
    shift: false,
    window: 20,
    clock: systemClock,
  }).then((counts) => {
    finished = true;
    return counts;
  });
  await Promise.all([replaying, during(() => finished)]);
  await untilJudged(product.api);
  const standing = await readStanding(product.api);
  await product.parts.edge.stop();
  await product.parts.cloud.stop();
  const stored = await storedReadings(product.sandbox.folder);
  return { standing, stored, acknowledged: (await replaying).acknowledged };
}

describe('a replay through which a part is killed', () => {
  let reference: Run;

  beforeAll(async () => {
    reference = await withProduct(archiveEstate, (product) => runReplay(product, async () => {}));
  });

  it('has episodes and tickets to compare', () => {
    expect(reference.standing.episodes.length).toBeGreaterThanOrEqual(5);
    expect(reference.standing.tickets.length).toBeGreaterThanOrEqual(1);
    expect(reference.stored).toHaveLength(rows);
  });

  it.each(places)('%s at %s, passing %d', async (name, place, nth) => {
    const run = await withProduct(
      archiveEstate,
      (product) =>
        runReplay(product, async (finished) => {
          const signal = await product.parts[name].gone;
          expect(signal).toBe('SIGKILL');
          expect(finished(), 'it died with messages in flight').toBe(false);
          await product.restart(name);
        }),
      { killAt: { [name]: { place, nth } } },
    );
    expect(run.acknowledged).toBe(rows);
    const seen = new Set(run.stored.map(({ at }) => at));
    expect(seen.size, 'each at most once').toBe(run.stored.length);
    expect(run.stored.map(({ at, value }) => [at, value])).toEqual(
      reference.stored.map(({ at, value }) => [at, value]),
    );
    expect(run.standing).toEqual(reference.standing);
  });
});
