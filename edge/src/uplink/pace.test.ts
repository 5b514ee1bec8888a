import { manualClock } from '@caretaker/readings/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

it('lets no more bytes through than the cap allows, but for one frame, and hardly less', () => {
  const frames = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 50, maxLength: 200 });
  fc.assert(
    fc.property(frames, fc.integer({ min: 16, max: 4_000 }), (sizes, kilobits) => {
      const clock = manualClock(0);
      const pace = new Pace(clock, kilobits);
      let bytes = 0;
      for (const size of sizes) {
        clock.advance(pace.wait);
        expect(pace.wait).toBe(0);
        pace.sent(size, 1);
        bytes += size;
      }
      const allowed = (clock.monotonic() * kilobits) / 8;
      expect(bytes).toBeLessThanOrEqual(allowed + pace.frameBytes + 10_000);
      // Each frame waits for a whole millisecond, and one more.
      const idle = sizes.length * 2 * (kilobits / 8);
      expect(bytes).toBeGreaterThanOrEqual(allowed - idle);
    }),
  );
});

it('makes frames of a slow line small enough for what is urgent to come between', () => {
  expect(new Pace(manualClock(0), 256).frameBytes).toBe(16_000);
  expect(new Pace(manualClock(0), 1).frameBytes).toBe(4_000);
  expect(new Pace(manualClock(0), null).frameBytes).toBe(1_000_000);
  const pace = new Pace(manualClock(0), 256);
  pace.sent(12_000, 600);
  expect(pace.frameReadings).toBe(800);
});

it('never waits without a cap', () => {
  const pace = new Pace(manualClock(0), null);
  pace.sent(1e12, 5_000);
  expect(pace.wait).toBe(0);
});

it('opens the window to eight frames while answers come quickly, and closes it when they do not', () => {
  const pace = new Pace(manualClock(0), null);
  expect(pace.window).toBe(2);
  for (let n = 0; n < 20; n += 1) pace.acknowledged(50);
  expect(pace.window).toBe(8);
  pace.acknowledged(3_000);
  expect(pace.window).toBe(4);
  for (let n = 0; n < 9; n += 1) pace.acknowledged(3_000);
  expect(pace.window).toBe(1);
  pace.restart();
  expect(pace.window).toBe(2);
});

it('begins with small frames, since what writes them is slow at first', () => {
  const pace = new Pace(manualClock(0), null);
  const sizes: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    sizes.push(pace.frameReadings);
    pace.sent(10 * pace.frameReadings, pace.frameReadings);
  }
  expect(sizes).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});
