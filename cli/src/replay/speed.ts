import { CaretakerError, type Clock } from '@caretaker/readings/base';

/**
 * Reads a speed.
 * @returns how many times faster than recorded; Infinity for `max`.
 * @throws CaretakerError `CLI_REPLAY_SPEED`.
 */
export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const times = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1]);
  if (times > 0) return times;
  throw new CaretakerError({
    code: 'CLI_REPLAY_SPEED',
    message: `"${text}" is not a speed.`,
    next: 'Use max, or a multiple of real time such as 1x or 60x.',
  });
}

/** Waits until a recorded instant is due; the first one asked for is due at once. */
export function createPace(speed: number, clock: Clock): (at: number) => Promise<void> {
  if (speed === Number.POSITIVE_INFINITY) return async () => {};
  let first: { at: number; monotonic: number } | null = null;
  return async (at) => {
    first ??= { at, monotonic: clock.monotonic() };
    const dueMs = (at - first.at) / speed - (clock.monotonic() - first.monotonic);
    if (dueMs > 0) await new Promise<void>((resolve) => void clock.after(dueMs, resolve));
  };
}
