import type { Calendar } from '../../calendar/index.ts';
import { type Leaf, windowless } from '../../rules/resolve.ts';
import { Absence } from './absence.ts';
import { Counted } from './counted.ts';
import { Over } from './over.ts';
import { TimeShare } from './time-share.ts';

/**
 * What one leaf remembers of its point. Every figure is a pure function of the readings pushed; of those pushed
 * before `oldest()` it depends no more, so a memory that is filled again from there on goes on the same.
 */
export interface Memory {
  /** Takes a reading newer than all before it. @param value a state as its word's number, a flag as 0 or 1. */
  push(at: number, value: number): void;
  /**
   * Tells that the readings [from, to) and no others come next, so that figures may be worked out in one go.
   * @param room for as many numbers, not to be used otherwise until they have come
   */
  foresee(
    at: Float64Array,
    value: Float64Array,
    from: number,
    to: number,
    room: Float64Array,
  ): void;
  /**
   * Takes readings [from, to) one after another, up to the first after which `breach` is not `truth`.
   * @returns the place after the last one taken
   */
  run(at: Float64Array, value: Float64Array, from: number, to: number, truth: number): number;
  /**
   * How far of [from, to) readings are certain to leave `breach` at `truth`, as it is, when none of them lies at or
   * after `flipAt`. @returns the place after the last such one; `from` when it cannot be told
   */
  steady(value: Float64Array, from: number, to: number, truth: number): number;
  /** The same for a reading that was judged before: on the way back to a checkpoint. */
  refill(at: number, value: number): void;
  /** What is compared: the aggregate, the share, or the newest reading; NaN when there is none. */
  readonly value: number;
  /** Kleene: breaching, at the instant of the newest reading. */
  readonly breach: number;
  /** Kleene: not yet beyond the clear limit, at the instant of the newest reading. */
  readonly stays: number;
  /** From this instant on, itself included, `breach` and `stays` are true without a reading; Infinity: never. */
  readonly flipAt: number;
  /**
   * From the instant `at` on other numbers of the same shape hold: another limit, clear limit, band, absence, or
   * how many or what share must breach. Readings pushed before count as they were judged; what they add up to is
   * decided anew. No reading at or after `at` has been pushed. A memory without readings only takes the numbers.
   * @param codes expected values of an `is` leaf, encoded.
   */
  renumber(leaf: Leaf, codes: ReadonlySet<number>, at: number): void;
  /** Time of the oldest reading that still matters; Infinity when none was pushed. */
  oldest(): number;
  /** As before the first reading. */
  clear(): void;
  /** All of it, for `load` of a memory of the same leaf; two lists of one length, in a form of its own. */
  save(): [Float64Array, Float64Array];
  load(at: Float64Array, value: Float64Array): void;
}

/**
 * The memory a leaf needs; null when it is judged by its newest reading alone.
 * @param codes expected values of an `is` leaf, encoded.
 * @param during when a counted reading may be a breach; null for always.
 * @param silentAfter of the point, milliseconds, or that of a reading by its time; Infinity for never.
 * @param reach the longest absence of any numbers it may be given by `renumber`, milliseconds.
 */
export function memoryFor(
  leaf: Leaf,
  codes: ReadonlySet<number>,
  during: Calendar | null,
  silentAfter: number | ((at: number) => number),
  reach: number = leaf.absent,
): Memory | null {
  if (windowless(leaf)) return null;
  if (leaf.absent > 0) return new Absence(leaf, codes, reach);
  if (leaf.share !== null) return new TimeShare(leaf, leaf.share, codes, silentAfter);
  if (leaf.count !== null) return new Counted(leaf, leaf.count, codes, during);
  return new Over(leaf);
}
