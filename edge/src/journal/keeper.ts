import type { Reading, ReadingValue } from '@caretaker/readings';

const MINUTE_MS = 60_000;

/** The steps of thinning, in order: per 10 minutes, per hour, per day, and last of all flags, too. */
export const windowsMs = [10 * MINUTE_MS, 60 * MINUTE_MS, 1_440 * MINUTE_MS, 1_440 * MINUTE_MS];
/** The first step that touches flags: they are alarms. */
const flagsFrom = 4;

interface Told<T extends ReadingValue> {
  readonly at: number;
  readonly sequence: number;
  readonly value: T;
}

/** The readings of one number in one window that stay. */
interface Extremes {
  first: Told<number>;
  last: Told<number>;
  least: Told<number>;
  most: Told<number>;
}

/**
 * Chooses what stays when readings must go: of a number the first, last, least and greatest of each window, of
 * a state both ends of each run and the first of each window. So every extreme and every change is kept, and a
 * point that spoke in a window is still seen to have spoken.
 */
export class Keeper {
  readonly #stage: number;
  readonly #windowMs: number;
  readonly #numbers = new Map<string, Map<number, Extremes>>();
  readonly #states = new Map<string, Told<ReadingValue>[]>();
  readonly #kept = new Set<number>();

  /** @param stage from 1 */
  constructor(stage: number) {
    this.#stage = stage;
    this.#windowMs = windowsMs[stage - 1] ?? Infinity;
  }

  add(sequence: number, { point, at, value }: Reading): void {
    if (typeof value === 'number') this.#number(point, { at, sequence, value });
    else if (typeof value === 'boolean' && this.#stage < flagsFrom) this.#kept.add(sequence);
    else {
      const told = this.#states.get(point);
      if (told === undefined) this.#states.set(point, [{ at, sequence, value }]);
      else told.push({ at, sequence, value });
    }
  }

  #number(point: string, told: Told<number>): void {
    let windows = this.#numbers.get(point);
    if (windows === undefined) {
      windows = new Map();
      this.#numbers.set(point, windows);
    }
    const window = Math.floor(told.at / this.#windowMs);
    const held = windows.get(window);
    if (held === undefined) {
      windows.set(window, { first: told, last: told, least: told, most: told });
      return;
    }
    if (told.at < held.first.at) held.first = told;
    if (told.at >= held.last.at) held.last = told;
    if (told.value < held.least.value) held.least = told;
    if (told.value > held.most.value) held.most = told;
  }

  /** Sequences that stay. */
  kept(): ReadonlySet<number> {
    const kept = this.#kept;
    for (const windows of this.#numbers.values()) {
      for (const { first, last, least, most } of windows.values()) {
        kept.add(first.sequence).add(last.sequence).add(least.sequence).add(most.sequence);
      }
    }
    for (const told of this.#states.values()) this.#keepRuns(told);
    return kept;
  }

  #keepRuns(told: Told<ReadingValue>[]): void {
    told.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
    for (const [i, { at, value, sequence }] of told.entries()) {
      const before = told[i - 1];
      const stays =
        before?.value !== value ||
        told[i + 1]?.value !== value ||
        Math.floor(before.at / this.#windowMs) !== Math.floor(at / this.#windowMs);
      if (stays) this.#kept.add(sequence);
    }
  }
}
