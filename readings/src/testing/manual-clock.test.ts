import { expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';

it('fires timers in order of their time, each at its own instant', () => {
  const clock = manualClock(1_000);
  const seen: string[] = [];
  const say = (name: string) => () => seen.push(`${name}@${clock.now()}`);
  clock.after(30, say('late'));
  clock.after(10, () => {
    say('early')();
    clock.after(5, say('nested'));
  });
  clock.after(10, say('tie'));
  const stop = clock.every(20, say('tick'));
  clock.advance(45);
  stop();
  clock.advance(100);
  expect(seen).toEqual([
    'early@1010',
    'tie@1010',
    'nested@1015',
    'tick@1020',
    'late@1030',
    'tick@1040',
  ]);
  expect(clock.now()).toBe(1_145);
  expect(clock.pending()).toBe(0);
});

it('cancels a timer once or twice, and steps the wall clock alone', () => {
  const clock = manualClock(0);
  let fired = 0;
  const cancel = clock.after(10, () => {
    fired += 1;
  });
  cancel();
  cancel();
  clock.advance(20);
  clock.step(5_000);
  clock.advance(1);
  expect([fired, clock.now(), clock.monotonic()]).toEqual([0, 5_001, 21]);
});
