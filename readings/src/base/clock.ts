/**
 * The one source of time. Domain code takes a `Clock` (or a bare instant) as an argument and never
 * reads the machine's clock or sets a timer itself, so a test can hold time still.
 */
export interface Clock {
  /** UTC epoch milliseconds. */
  now(): number;
  /**
   * Milliseconds on a clock that never steps; only differences mean anything, also those between processes of one
   * start of the machine.
   */
  monotonic(): number;
  /**
   * Calls `task` after `delayMs`, once.
   * @returns a function that cancels it; calling it twice is harmless.
   */
  after(delayMs: number, task: () => void): () => void;
  /**
   * Calls `task` every `periodMs` until cancelled.
   * @returns a function that cancels it.
   */
  every(periodMs: number, task: () => void): () => void;
}

/** So that the monotonic clock goes on when the process is started anew; since the machine's start, where it says. */
const beforeProcess = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The machine's clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => beforeProcess + performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
