import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import { sample } from '../testing/index.ts';
import { byTime, SLICE_READINGS, scanBySlices } from './slices.ts';

/** A source over a list, that answers in the list's order and counts what it is asked. */
function sourceOf(readings: readonly Reading[], atMost = SLICE_READINGS) {
  const source = {
    questions: 0,
    largest: 0,
    async next(from: number) {
      source.questions += 1;
      const later = readings.filter(({ at }) => at >= from).map(({ at }) => at);
      return later.length === 0 ? null : Math.min(...later);
    },
    async slice(from: number, to: number) {
      source.questions += 1;
      const found = readings.filter(({ at }) => at >= from && at < to);
      if (found.length > atMost && to - from > 1) return null;
      source.largest = Math.max(source.largest, found.length);
      return found;
    },
  };
  return source;
}

it('brings everything within its bounds in time order, however dense it lies', async () => {
  const spread = fc.array(
    fc.tuple(
      fc.constantFrom(1, 1_000, 3_600_000, 86_400_000),
      fc.nat(30),
      fc.constantFrom('a', 'b'),
    ),
    { maxLength: 60 },
  );
  const bounds = fc.tuple(fc.nat(90_000_000), fc.nat(2_600_000_000));
  await fc.assert(
    fc.asyncProperty(spread, bounds, async (given, [from, length]) => {
      const readings = given.map(([scale, n, point]) => sample(point, scale * n, n));
      const scanned = await Array.fromAsync(
        scanBySlices(from, from + length, sourceOf(readings, 7)),
      );
      const within = readings.filter(({ at }) => at >= from && at < from + length);
      expect(scanned.flat()).toEqual(within.sort(byTime));
    }),
    { numRuns: 300 },
  );
});

it('leaps over empty years instead of walking them', async () => {
  const year = 365 * 86_400_000;
  const source = sourceOf([sample('a', 0, 1), sample('a', 30 * year, 2)]);
  const scanned = await Array.fromAsync(scanBySlices(0, 60 * year, source));
  expect(scanned.flat().map(({ value }) => value)).toEqual([1, 2]);
  expect(source.questions).toBeLessThan(20);
});

it('holds no more than a slice at once', async () => {
  const readings = Array.from({ length: 30_000 }, (_, i) => sample('a', i, i));
  const source = sourceOf(readings);
  const batches = await Array.fromAsync(scanBySlices(0, 30_000, source));
  expect(batches.flat()).toEqual(readings);
  expect(source.largest).toBeLessThanOrEqual(SLICE_READINGS);
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(SLICE_READINGS / 4);
});
