import { manualClock } from '@caretaker/readings/testing';
import { expect, it } from 'vitest';
import { createPace, parseSpeed } from './speed.ts';

it.each([
  ['max', Number.POSITIVE_INFINITY],
  ['60x', 60],
  ['1.5x', 1.5],
  ['2', 2],
])('reads the speed %s', (text, expected) => {
  expect(parseSpeed(text)).toBe(expected);
});

it.each(['0x', '-1x', 'fast', ''])('refuses the speed "%s"', (text) => {
  expect(() => parseSpeed(text)).toThrow(expect.objectContaining({ code: 'CLI_REPLAY_SPEED' }));
});

it('is due after the recorded time divided by the speed', async () => {
  const clock = manualClock(0);
  const pace = createPace(60, clock);
  await pace(1_000_000);
  let due = false;
  const second = pace(1_060_000).then(() => {
    due = true;
  });
  clock.advance(999);
  await Promise.resolve();
  expect(due).toBe(false);
  clock.advance(1);
  await second;
  expect(due).toBe(true);
});
