import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { expect, it, vi } from 'vitest';
import { Follower } from './follower.ts';

it('does not look for ever for what the journal has let go of', async () => {
  const clock = manualClock(0);
  const read = vi.fn(async (from: number) => ({ readings: [], next: from }));
  // All consumers have finished with its five readings, and nothing has come since.
  const journal = { id: 'a', oldest: 6, newest: 5, onDurable: () => () => {} };
  const reader = () => ({ read, close: async () => {} });
  const follower = new Follower({
    ...{ journal: { ...journal, reader }, clock, log: silentLog, take: () => {} },
  } as unknown as ConstructorParameters<typeof Follower>[0]);
  follower.start({ journal: 'a', position: 3 });
  for (let look = 0; look < 10; look += 1) {
    clock.advance(1_000);
    await new Promise(setImmediate);
  }
  expect(read.mock.calls).toEqual([[6, 2_000]]);
  expect(follower.place).toEqual({ journal: 'a', position: 5 });
  await follower.stop();
});
