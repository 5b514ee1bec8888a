import type { Clock } from '../base/index.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves both clocks forward by `ms`, firing every timer that falls due in order of its time (ties: the one
   * set first), each seeing its own due time as now. Timers set by timers count too.
   */
  advance(ms: number): void;
  /** Steps the wall clock to `instant` without touching the monotonic one, as a time server would. */
  step(instant: number): void;
  /** Timers that are still to fire. */
  pending(): number;
}

interface Timer {
  readonly id: number;
  due: number;
  readonly period: number | null;
  readonly task: () => void;
}

/** @param start what `now()` says first, UTC epoch milliseconds; `monotonic()` starts at 0. */
export function manualClock(start: number): ManualClock {
  const timers = new Map<number, Timer>();
  let offset = start;
  let elapsed = 0;
  let nextId = 1;

  function add(delay: number, period: number | null, task: () => void): () => void {
    const timer = { id: nextId++, due: elapsed + Math.max(0, delay), period, task };
    timers.set(timer.id, timer);
    return () => timers.delete(timer.id);
  }

  function earliest(until: number): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers.values()) {
      if (timer.due <= until && (found === undefined || timer.due < found.due)) found = timer;
    }
    return found;
  }

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    after: (delayMs, task) => add(delayMs, null, task),
    // A period of nothing would fire without end inside one `advance`.
    every: (periodMs, task) => add(Math.max(1, periodMs), Math.max(1, periodMs), task),
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = earliest(until); timer !== undefined; timer = earliest(until)) {
        elapsed = Math.max(elapsed, timer.due);
        if (timer.period === null) timers.delete(timer.id);
        else timer.due += timer.period;
        timer.task();
      }
      elapsed = until;
    },
    step(instant) {
      offset = instant - elapsed;
    },
    pending: () => timers.size,
  };
}
