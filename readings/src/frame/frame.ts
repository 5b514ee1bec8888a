import type { Reading } from '../reading.ts';

/** "All I received up to `time` has a sequence of at most `sequence`." */
export interface CompleteTo {
  /** Gateway clock, UTC epoch milliseconds. */
  readonly time: number;
  readonly sequence: number;
}

/** Consecutive readings of one journal, with gateway-local point ids (`asset/metric`). */
export interface Frame {
  readonly gateway: string;
  readonly journal: string;
  /** Sequence of `readings[0]`; of the next reading when the frame is empty. Reading i has `first + i`. */
  readonly first: number;
  readonly readings: readonly Reading[];
  readonly completeTo: CompleteTo;
  /** Gateway clock when the frame was built, UTC epoch milliseconds. */
  readonly sent: number;
}
