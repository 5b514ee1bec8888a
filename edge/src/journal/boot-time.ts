/**
 * A gateway that does not know the time journals the milliseconds since its machine started, and which start that was.
 * Both lie in one number below zero, where no time of a reading can be: the k-th such start has the numbers from
 * -k × 2^40 up, which is room for 34 years without a restart, and for 7,800 starts above the earliest time of
 * ECMAScript. So records, their copies and their positions need no second form; only readers turn them into times.
 */
const SPAN_MS = 2 ** 40;
/** Numbers of starts; after the last one they begin anew, long after the readings of the first are gone. */
export const mostBoots = 7_000;

/** A moment of one start of the machine. */
export interface BootTime {
  /** From 1. */
  readonly index: number;
  /** Since the machine started, whole milliseconds. */
  readonly elapsed: number;
}

/** The number that stands for a moment of a start, in the place of UTC epoch milliseconds. */
export function bootInstant({ index, elapsed }: BootTime): number {
  return Math.min(SPAN_MS - 1, Math.max(0, Math.floor(elapsed))) - index * SPAN_MS;
}

/** @returns null for a number that is a time. */
export function bootTimeOf(instant: number): BootTime | null {
  if (instant >= 0) return null;
  const index = Math.ceil(-instant / SPAN_MS);
  return { index, elapsed: instant + index * SPAN_MS };
}
