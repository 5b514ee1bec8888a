import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './lines.ts';
import { bareTable } from './store-bare.ts';
import { monthRows } from './store-load.ts';
import { embeddedStore } from './store-ours.ts';

/* One run of one side in a process and a folder of its own. */

export interface StoreOrder {
  readonly side: 'ours' | 'bare';
  readonly points: number;
  readonly rows: number;
}

export interface StoreAnswer {
  /** Rows a second after the first `warmShare` of them. */
  readonly rate: number;
  /** Milliseconds. */
  readonly month: number;
  readonly latest: number;
}

const batch = 5_000;
/** What comes before this share of the rows is not counted: the rate is not steady yet. */
const warmShare = 0.4;
const looks = 11;

async function measure({ side, points, rows }: StoreOrder): Promise<StoreAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  try {
    const file = join(folder, 'readings.db');
    const open = side === 'ours' ? embeddedStore : bareTable;
    const store = await open(file, points);
    await store.writeMonth();
    const warm = Math.floor((rows * warmShare) / batch) * batch;
    let began = 0;
    for (let row = 0; row < rows; row += batch) {
      if (row === warm) began = performance.now();
      await store.write(row, batch);
    }
    const rate = ((rows - warm) / (performance.now() - began)) * 1_000;
    const month = await timed(() => store.month(), monthRows);
    const latest = await timed(() => store.latest(), points + 1);
    await store.close();
    return { rate, month, latest };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timed(look: () => Promise<number>, expected: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < looks; i += 1) {
    const began = performance.now();
    const found = await look();
    times.push(performance.now() - began);
    if (found !== expected) throw new Error(`found ${found} readings instead of ${expected}`);
  }
  return median(times);
}

process.once('message', async (order: StoreOrder) => {
  const answer = await measure(order);
  process.send?.(answer, () => process.disconnect?.());
});
