import type { Clock } from '../base/index.ts';
import { manualClock } from './manual-clock.ts';

/** The given clock, whose periodic work waits for the test. */
export interface CrankedClock extends Clock {
  /** Does all periodic work of so many milliseconds at once. */
  crank(ms: number): void;
}

/**
 * For promises such as "within five seconds" in a program that runs for real: what does not depend on periodic work
 * goes on, and the test says when its time is over, however busy the machine is.
 */
export function crankedClock(clock: Clock): CrankedClock {
  const periods = manualClock(0);
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, task) => clock.after(delayMs, task),
    every: (periodMs, task) => periods.every(periodMs, task),
    crank: (ms) => periods.advance(ms),
  };
}
