import { manualClock } from '@caretaker/readings/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GatewayClock } from './gateway-clock.ts';
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

it('lets the time of receipt never go back by a jitter, and follows a correction', () => {
  const clock = manualClock(1_000_000);
  const gateway = new GatewayClock(clock, 1_000_500);
  expect(gateway.now()).toBe(1_000_500);
  clock.step(1_002_000);
  expect(gateway.now()).toBe(1_002_000);
  clock.step(1_001_000);
  expect(gateway.now()).toBe(1_002_000);
  clock.step(900_000);
  expect(gateway.now()).toBe(900_000);
});
