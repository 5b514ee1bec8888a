import { manualClock } from '@caretaker/readings/testing';
import { expect, it } from 'vitest';
import { breakThings } from './simulate.ts';

it('breaks a lift three seconds after the start and one thing more in the first minute', () => {
  const clock = manualClock(0);
  const injected: [fault: string, at: number][] = [];
  breakThings({ inject: (fault) => injected.push([fault, clock.now()]) }, clock);
  clock.advance(3_600_000);
  // A trapped person is a ticket with the reading that says so.
  expect(injected).toEqual([
    ['lift-trapped', 3_000],
    ['gate-held-open', 20_000],
  ]);
});

it('breaks nothing any more once it is stopped', () => {
  const clock = manualClock(0);
  const injected: string[] = [];
  const mend = breakThings({ inject: (fault) => injected.push(fault) }, clock);
  clock.advance(5_000);
  mend();
  clock.advance(3_600_000);
  expect(injected).toEqual(['lift-trapped']);
});
