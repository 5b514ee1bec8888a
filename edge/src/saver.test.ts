import { beforeEach, expect, it } from 'vitest';
import { Saver } from './saver.ts';

/** What holds at the moment, and what was written of it. */
let value: number;
let written: number[];
let full: boolean;
let saver: Saver;

beforeEach(() => {
  value = 0;
  written = [];
  full = false;
  saver = new Saver(async () => {
    const now = value;
    await new Promise(setImmediate);
    if (full) throw new Error('disk full');
    written.push(now);
  });
});

it('writes once for all who ask while a write is under way, and then what holds', async () => {
  const saves: Promise<void>[] = [saver.save()];
  await Promise.resolve();
  await Promise.resolve();
  for (value = 1; value < 100; value += 1) saves.push(saver.save());
  await Promise.all(saves);
  expect(written).toEqual([0, 100]);
});

it('tells everybody whose write failed, and writes again', async () => {
  full = true;
  const saves = [saver.save(), saver.save()];
  await saver.settled();
  const results = await Promise.allSettled(saves);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  full = false;
  value = 1;
  await saver.save();
  expect(written).toEqual([1]);
});
