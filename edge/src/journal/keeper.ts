import type { Reading, ReadingValue } from '@caretaker/readings';

const MINUTE_MS = 60_000;

/** The steps of thinning, in order: per 10 minutes, per hour, per day, and last of all flags, too. */
export const windowsMs = [10 * MINUTE_MS, 60 * MINUTE_MS, 1_440 * MINUTE_MS, 1_440 * MINUTE_MS];
/** The first step that touches flags: they are alarms. */
const flagsFrom = 4;

/** Readings looked at before others get the event loop. */
const WORK_PER_TURN = 1_000;

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
 * point that spoke in a window is still seen to have spoken. In the first step no point seems silent that was not.
 */
export class Keeper {
  readonly #stage: number;
  readonly #windowMs: number;
  readonly #silentAfter: (point: string) => number;
  /** Everything that points said, where silence counts. */
  readonly #spoken = new Map<string, Told<ReadingValue>[]>();
  readonly #numbers = new Map<string, Map<number, Extremes>>();
  readonly #states = new Map<string, Told<ReadingValue>[]>();
  readonly #kept = new Set<number>();

  /**
   * @param stage from 1
   * @param silentAfter of a point, milliseconds: for how long a value holds
   */
  constructor(stage: number, silentAfter: (point: string) => number = () => Infinity) {
    this.#stage = stage;
    this.#silentAfter = silentAfter;
    this.#windowMs = windowsMs[stage - 1] ?? Infinity;
  }

  add(sequence: number, { point, at, value }: Reading): void {
    if (this.#stage === 1 && this.#silentAfter(point) < this.#windowMs) {
      noteIn(this.#spoken, point, { at, sequence, value });
    }
    if (typeof value === 'number') this.#number(point, { at, sequence, value });
    else if (typeof value === 'boolean' && this.#stage < flagsFrom) this.#kept.add(sequence);
    else noteIn(this.#states, point, { at, sequence, value });
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

  /**
   * Sequences that stay.
   * @param pause lets others have the event loop
   */
  async kept(pause: () => Promise<unknown>): Promise<ReadonlySet<number>> {
    const kept = this.#kept;
    let since = 0;
    const turn = async (work: number) => {
      since += work;
      if (since < WORK_PER_TURN) return;
      since = 0;
      await pause();
    };
    for (const windows of this.#numbers.values()) {
      await turn(windows.size);
      for (const { first, last, least, most } of windows.values()) {
        kept.add(first.sequence).add(last.sequence).add(least.sequence).add(most.sequence);
      }
    }
    for (const told of this.#states.values()) {
      await turn(told.length);
      this.#keepRuns(told);
    }
    for (const [point, told] of this.#spoken) {
      await turn(told.length);
      this.#keepVoice(told, this.#silentAfter(point));
    }
    return kept;
  }

  /** Of what else would go, the last reading before the point would seem silent stays. */
  #keepVoice(told: Told<ReadingValue>[], silentAfter: number): void {
    told.sort(inOrder);
    let last = -Infinity;
    for (const [i, { at, sequence }] of told.entries()) {
      const next = told[i + 1]?.at ?? Infinity;
      if (this.#kept.has(sequence) || next - last > silentAfter) {
        this.#kept.add(sequence);
        last = at;
      }
    }
  }

  #keepRuns(told: Told<ReadingValue>[]): void {
    told.sort(inOrder);
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

function inOrder(a: Told<ReadingValue>, b: Told<ReadingValue>): number {
  return a.at - b.at || a.sequence - b.sequence;
}

function noteIn(
  all: Map<string, Told<ReadingValue>[]>,
  point: string,
  told: Told<ReadingValue>,
): void {
  const before = all.get(point);
  if (before === undefined) all.set(point, [told]);
  else before.push(told);
}
