import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Effect, Severity } from '../severity.ts';

/** A number, or one computed from an attribute of the asset: `scale × x + offset`, or of log10(x). */
export type Limit =
  | number
  | {
      readonly attribute: string;
      /** Taken for the attribute where the asset has none; without it the rule is not watched there. */
      readonly otherwise?: number | undefined;
      readonly scale?: number | undefined;
      readonly offset?: number | undefined;
      readonly log10?: boolean | undefined;
    };

/** A piece of the estate's calendar; exactly one of `sunBelow`, `sunAbove`, `opening`, `hours`. */
export interface CalendarSpec {
  /** While the sun stands lower than this many degrees above the horizon. */
  readonly sunBelow?: number | undefined;
  readonly sunAbove?: number | undefined;
  /** Opening hours by the estate's name for them; an estate that names none is always open. */
  readonly opening?: string | undefined;
  /** Local time, `22:00-06:00`. */
  readonly hours?: string | undefined;
  /** Starts this much later, milliseconds (warming up). */
  readonly delay?: number | undefined;
}

/** k of the last n readings instead of the newest one. */
export interface Count {
  readonly least: number;
  /** Of this many last readings; without it, of all within `within` (at most 4,096). */
  readonly of?: number | undefined;
  /** Only readings younger than this, seen from the newest, milliseconds. */
  readonly within?: number | undefined;
  /** Readings measured outside this never count as a breach. */
  readonly during?: CalendarSpec | undefined;
  /** Clears when this many of the last `clearOf` readings are on the clear side. */
  readonly clearLeast?: number | undefined;
  readonly clearOf?: number | undefined;
}

export type Over = 'value' | 'mean' | 'leq' | 'min' | 'max' | 'sum';

/**
 * A condition. Exactly one of `all`, `any`, `not`, `calendar`, `metric`; a `metric` compares exactly one way.
 * Clear limits widen the condition once the breach stands: that is the hysteresis.
 */
export interface Clause {
  readonly all?: readonly Clause[] | undefined;
  readonly any?: readonly Clause[] | undefined;
  readonly not?: Clause | undefined;
  readonly calendar?: CalendarSpec | undefined;
  readonly metric?: string | undefined;
  /** Left out where the asset has no such point, instead of making the rule unwatched. */
  readonly optional?: boolean | undefined;
  /** Must be the unit of the metric: a guard against a limit in another unit. */
  readonly unit?: string | undefined;
  readonly over?: Over | undefined;
  /** Milliseconds; readings in (t − window, t]. */
  readonly window?: number | undefined;
  /** Fewer in the window: unknown. */
  readonly minSamples?: number | undefined;
  readonly above?: Limit | undefined;
  readonly atLeast?: Limit | undefined;
  readonly below?: Limit | undefined;
  readonly atMost?: Limit | undefined;
  /** Clears strictly beyond it: under it for above and atLeast, over it for below and atMost. */
  readonly clear?: Limit | undefined;
  readonly outside?: readonly [low: number, high: number] | undefined;
  /** Clears on this closed interval. */
  readonly clearInside?: readonly [low: number, high: number] | undefined;
  readonly is?: ReadingValue | readonly ReadingValue[] | undefined;
  readonly count?: Count | undefined;
}

/** One way in which an item can be breached. */
export interface Rule {
  readonly id: string;
  /** The fault in a few words, as a ticket is headed: `Gate held open`. */
  readonly title: Text;
  /** Filled in by the loader. */
  readonly item: string;
  /** Kind of asset; `any` and `gateway` for the two built-in rules. */
  readonly kind: string;
  /** Only assets of these touchpoints. */
  readonly touchpoints?: readonly string[] | undefined;
  readonly exceptTouchpoints?: readonly string[] | undefined;
  /** Not for an asset that has one of these metrics: it is watched better by another rule. */
  readonly unless?: readonly string[] | undefined;
  /** `silence`: of every point with a silence limit. `gateway`: decided by the cloud's clock, only named here. */
  readonly builtin?: 'silence' | 'gateway' | undefined;
  /** Absent only for built-in rules. */
  readonly when?: Clause | undefined;
  /** Must be true to open and to clear; while it is not, a standing breach stays as it is. */
  readonly only?: Clause | undefined;
  /** Clears by this instead of by the end of `when`. */
  readonly clearWhen?: Clause | undefined;
  /** The breach must last, milliseconds. */
  readonly for: number;
  /** The end must last, milliseconds. */
  readonly clearFor: number;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly latched: boolean;
  /** Where the limit comes from. */
  readonly source: string;
  /** False until a person has checked the limit against its source. */
  readonly confirmed: boolean;
}
