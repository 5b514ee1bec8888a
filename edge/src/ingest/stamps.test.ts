import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Stamps } from './stamps.ts';

it('gives each point strictly increasing times, none before its receipt or the floor', () => {
  const receipts = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3)), { maxLength: 60 });
  fc.assert(
    fc.property(receipts, fc.nat(20), (steps, floor) => {
      const stamps = new Stamps(floor);
      const last: Record<string, number> = { a: floor, b: floor };
      let received = 0;
      for (const [point, later] of steps) {
        received += later;
        const at = stamps.give(point, received);
        expect(at).toBeGreaterThan(last[point] ?? 0);
        expect(at).toBeGreaterThanOrEqual(received);
        last[point] = at;
      }
    }),
  );
});

it('does not give an unstamped reading the time of a stamped one', () => {
  const stamps = new Stamps(0);
  expect(stamps.agrees('a', 1_000, 20)).toBe(true);
  expect(stamps.give('a', 1_000)).toBe(1_001);
});

it('finds another value for the same instant, until the journal has refused what was said', () => {
  const stamps = new Stamps(0);
  expect(stamps.agrees('a', 1_000, 20)).toBe(true);
  expect(stamps.agrees('a', 1_000, 20)).toBe(true);
  expect(stamps.agrees('a', 1_000, 21)).toBe(false);
  expect(stamps.agrees('b', 1_000, 21)).toBe(true);
  expect(stamps.agrees('a', 900, 5)).toBe(true);
  expect(stamps.agrees('a', 1_000, 21)).toBe(false);
  stamps.forgetValues();
  expect(stamps.agrees('a', 1_000, 21)).toBe(true);
});

it('goes on behind the floor when time has changed its meaning', () => {
  const stamps = new Stamps(Number.NEGATIVE_INFINITY);
  expect(stamps.give('a', -5_000)).toBe(-5_000);
  expect(stamps.give('a', -5_000)).toBe(-4_999);
  stamps.rebase(2_000);
  expect(stamps.give('a', 1_500)).toBe(2_001);
  expect(stamps.give('b', 1_500)).toBe(2_001);
});
