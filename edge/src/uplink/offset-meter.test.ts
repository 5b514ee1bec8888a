import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { OffsetMeter } from './offset-meter.ts';

const start = 1_780_000_000_000;

let clock: ManualClock;
let meter: OffsetMeter;
/** What the cloud's clock is ahead of true time, which is that of `clock` before it is stepped. */
let ahead: number;
const truth = () => start + clock.monotonic();

beforeEach(() => {
  clock = manualClock(start);
  meter = new OffsetMeter(clock, 7);
  ahead = 0;
});

/** Asks, and is answered after so many milliseconds there, in the cloud, and back. */
function ask(there: number, inside: number, back: number): boolean {
  const probe = meter.probe();
  clock.advance(there);
  const received = Math.floor(truth() + ahead);
  clock.advance(inside);
  const sent = Math.floor(truth() + ahead);
  clock.advance(back);
  return meter.answer({ type: 'clock', probe, received, sent });
}

it('is never further from the truth than it says, whatever the ways take', () => {
  const ways = fc.array(fc.tuple(fc.nat(3_000), fc.nat(500), fc.nat(3_000)), { minLength: 1 });
  fc.assert(
    fc.property(ways, fc.integer({ min: -1e10, max: 1e10 }), (all, cloud) => {
      clock = manualClock(start);
      meter = new OffsetMeter(clock, 1);
      ahead = cloud;
      for (const [there, inside, back] of all) ask(there, inside, back);
      const { base = 0, uncertainty = 0 } = meter.best ?? {};
      expect(Math.abs(base - (start + ahead))).toBeLessThanOrEqual(uncertainty);
      const quickest = Math.min(...all.slice(-16).map(([there, , back]) => there + back));
      // Not worse than the quickest answer, but for the drift since.
      expect(uncertainty).toBeLessThanOrEqual(quickest / 2 + 1 + clock.monotonic() * 1e-4);
    }),
  );
});

it('counts neither an answer to an older question, nor one twice, nor one from before the question', () => {
  const old = meter.probe();
  for (let n = 0; n < 3; n += 1) meter.probe();
  const probe = meter.probe();
  const answer = { type: 'clock', received: start, sent: start } as const;
  expect(meter.answer({ ...answer, probe: old })).toBe(false);
  expect(meter.answer({ ...answer, probe, received: start + 50, sent: start + 20 })).toBe(false);
  const next = meter.probe();
  expect(meter.answer({ ...answer, probe: next })).toBe(true);
  expect(meter.answer({ ...answer, probe: next })).toBe(false);
  const slow = meter.probe();
  expect(meter.answer({ ...answer, probe: slow, sent: start + 5_000 })).toBe(false);
});

it('does not move when the wall clock of this machine is stepped', () => {
  ask(5, 0, 5);
  clock.step(start + 365 * 86_400_000);
  ask(5, 0, 5);
  expect(Math.abs((meter.best?.base ?? 0) - start)).toBeLessThanOrEqual(6);
});

it('follows the cloud when its clock is set', () => {
  ask(1, 0, 1);
  ahead = 3_600_000;
  ask(200, 0, 200);
  expect(Math.abs((meter.best?.base ?? 0) - start - ahead)).toBeLessThanOrEqual(201);
});

it('forgets what was measured more than ten minutes ago', () => {
  expect(meter.best).toBeNull();
  ask(1, 0, 1);
  clock.advance(9 * 60_000);
  expect(meter.best?.uncertainty).toBeGreaterThan(50);
  clock.advance(2 * 60_000);
  expect(meter.best).toBeNull();
});
