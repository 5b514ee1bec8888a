import { silentLog } from '@caretaker/readings/base';
import { manualClock, patient } from '@caretaker/readings/testing';
import { newBundleKey } from '@caretaker/readings/uplink';
import { expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { Bundles } from './bundles.ts';

it('looks at forged ones one after another, and not at all that come', async () => {
  const { directory, remove } = await scratch();
  const clock = manualClock(0);
  const parts = { directory, gateway: 'yard-1', clock, log: silentLog };
  const bundles = new Bundles({ ...parts, ownStandard: () => null });
  const { publicKey } = newBundleKey();
  let told = 0;
  bundles.start({
    key: () => Promise.resolve(publicKey),
    estate: () => 'yard',
    apply: () => Promise.reject(new Error('never')),
    tell: () => {
      told += 1;
    },
  });
  bundles.take(Buffer.from('{}'));
  await vi.waitUntil(() => told === 1 && clock.pending() === 1, patient);
  for (let count = 0; count < 100; count += 1) bundles.take(Buffer.from('{}'));
  expect(told).toBe(1);
  clock.advance(500);
  await vi.waitUntil(() => told === 2 && clock.pending() === 1, patient);
  await bundles.stop();
  expect(told).toBe(2);
  await remove();
});
