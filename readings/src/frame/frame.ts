import type { Reading } from '../reading.ts';

/** "All I received up to `time` has a sequence of at most `sequence`." */
export interface CompleteTo {
  /** Gateway clock, UTC epoch milliseconds. */
  readonly time: number;
  readonly sequence: number;
}

/** A hole that the journal itself made when it thinned: sequences that are no more, and never come. */
export interface Gap {
  /** Index of the reading behind the hole; the number of readings when it is the end of the frame. */
  readonly index: number;
  /** Sequences removed there, at least 1. */
  readonly removed: number;
}

/** Readings of one journal in order, with gateway-local point ids (`asset/metric`). */
export interface Frame {
  readonly gateway: string;
  readonly journal: string;
  /**
   * The first sequence that the frame covers. Reading i has `first + i`, and more by what the gaps before it
   * and at it say; see `sequencesOf`.
   */
  readonly first: number;
  readonly readings: readonly Reading[];
  /** By ascending index; left out when the frame has none. */
  readonly gaps?: readonly Gap[];
  readonly completeTo: CompleteTo;
  /** Gateway clock when the frame was built, UTC epoch milliseconds. */
  readonly sent: number;
}

type Covered = Pick<Frame, 'first' | 'readings' | 'gaps'>;

/** The last sequence that a frame covers; `first - 1` when it covers none. */
export function throughOf({ first, readings, gaps }: Covered): number {
  let through = first + readings.length - 1;
  for (const { removed } of gaps ?? []) through += removed;
  return through;
}

/** How many of a frame's readings, from its beginning, have a sequence of at most `accepted`. */
export function readingsUpTo(frame: Covered, accepted: number): number {
  let sequence = frame.first;
  let index = 0;
  for (const gap of frame.gaps ?? []) {
    if (accepted < sequence + (gap.index - index)) break;
    sequence += gap.index - index + gap.removed;
    index = gap.index;
  }
  const more = Math.max(0, accepted + 1 - sequence);
  return Math.min(frame.readings.length, index + more);
}

/** The sequence of each reading of a frame. */
export function sequencesOf({ first, readings, gaps }: Covered): number[] {
  const all: number[] = [];
  let sequence = first;
  let next = 0;
  for (let index = 0; index < readings.length; index += 1) {
    const gap = gaps?.[next];
    if (gap?.index === index) {
      sequence += gap.removed;
      next += 1;
    }
    all.push(sequence);
    sequence += 1;
  }
  return all;
}
