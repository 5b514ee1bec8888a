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

/** No window holds more readings than this, so memory stays bounded. */
export const maxReadings = 4_096;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * A piece of the estate's calendar: at most one of `sunBelow`, `sunAbove`, `opening`, `hours`, and any of `days`,
 * `holidays`, `months`; all that is given must hold. Dates are local; hours over midnight belong to the date on
 * which they start.
 */
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
  readonly days?: readonly Weekday[] | undefined;
  /** True: only on the estate's holidays; false: never on them. */
  readonly holidays?: boolean | undefined;
  /** 1 to 12. */
  readonly months?: readonly number[] | undefined;
}

/** Several of the last readings instead of the newest one: at least `least` of them, or a `share` of them. */
export interface Count {
  /** This many breach. Exactly one of `least` and `share`. */
  readonly least?: number | undefined;
  /** This share of them breaches, 0 to 1. */
  readonly share?: number | undefined;
  /** Of this many last readings; without it, of all within `within` (at most 4,096). */
  readonly of?: number | undefined;
  /** With `share`: unknown while there are fewer readings; `of` when left out. */
  readonly minimum?: number | undefined;
  /** Only readings younger than this, seen from the newest, milliseconds. */
  readonly within?: number | undefined;
  /** Readings measured outside this never count as a breach. */
  readonly during?: CalendarSpec | undefined;
  /** Clears when this many of the last `clearOf` readings are on the clear side. */
  readonly clearLeast?: number | undefined;
  readonly clearOf?: number | undefined;
  /** With `share`: clears when a smaller share than this breaches. */
  readonly clearShare?: number | undefined;
}

/** How the readings of a window become the value that is compared. `rate` is per hour. */
export const overs = [
  'value',
  'mean',
  'leq',
  'min',
  'max',
  'sum',
  'range',
  'rise',
  'fall',
  'rate',
  'percentile',
] as const;
export type Over = (typeof overs)[number];

/** The part of the known time in a window during which the comparison held. */
export interface Share {
  /** Milliseconds; time in (t − window, t]. */
  readonly window: number;
  /** 0 to 1. */
  readonly atLeast: number;
  /** Clears under this share; where the breach ends when left out. */
  readonly clear?: number | undefined;
  /** Unknown while less than this part of the window is known, 0 to 1; 0.5 when left out. */
  readonly coverage?: number | undefined;
}

/** What the value is held against: its own past, in buckets of UTC time. */
export interface Baseline {
  /** Milliseconds; [k × bucket, (k + 1) × bucket) since 1970. */
  readonly bucket: number;
  /** How many buckets of the past. */
  readonly of: number;
  /** Unknown while fewer of them hold readings; half of `of`, rounded up, when left out. */
  readonly minimum?: number | undefined;
  /** Distance from one bucket of the past to the next, milliseconds; `bucket` when left out. */
  readonly every?: number | undefined;
  readonly figure: 'mean' | 'median' | 'min' | 'max';
  /** `ratio` value ÷ baseline, `difference` value − baseline. */
  readonly by: 'ratio' | 'difference';
}

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
  /** The metric is one of the assets that this relation names: `power`, `weather`. */
  readonly from?: string | undefined;
  /** With `from`: all of the assets that it names, instead of any of them. */
  readonly every?: boolean | undefined;
  /** Left out where the asset has no such point, instead of making the rule unwatched. */
  readonly optional?: boolean | undefined;
  /** Must be the unit of the metric: a guard against a limit in another unit. */
  readonly unit?: string | undefined;
  readonly over?: Over | undefined;
  /** Milliseconds; readings in (t − window, t]. */
  readonly window?: number | undefined;
  /** Fewer in the window: unknown. */
  readonly minSamples?: number | undefined;
  /** For `over: percentile`, 1 to 99: nearest rank. */
  readonly percentile?: number | undefined;
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
  /** The value differs from that of the reading before it; only inside `count` and `absent`. */
  readonly changed?: true | undefined;
  readonly count?: Count | undefined;
  /** True from this long after the last reading that satisfied the comparison, milliseconds. */
  readonly absent?: number | undefined;
  readonly share?: Share | undefined;
  readonly baseline?: Baseline | undefined;
}

/** A more severe stage of a standing breach: reached by size, or by age in milliseconds. */
export type Step =
  | { readonly severity: Severity; readonly above: number }
  | { readonly severity: Severity; readonly below: number }
  | { readonly severity: Severity; readonly after: number };

/** Rules whose episodes keep a breach from opening a ticket. */
export interface Hiding {
  /** On the assets that this relation names; on the same asset when left out. */
  readonly relation?: string | undefined;
  readonly rules: readonly string[];
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
  /** How long the condition must be clear before what is said to be mended counts as proven, milliseconds. */
  readonly proving?: number | undefined;
  readonly severity: Severity;
  /** Beyond the rule's own severity, by the episode's worst value or its age. */
  readonly steps?: readonly Step[] | undefined;
  /** An episode that begins within this of the end of the one before it continues it, milliseconds. */
  readonly fold?: number | undefined;
  /** While one of these stands, the breach makes no new ticket. */
  readonly hiddenBy?: readonly Hiding[] | undefined;
  readonly effect: Effect;
  readonly latched: boolean;
  /** The gateway judges it, too, and raises an alarm itself while the cloud does not answer. */
  readonly local?: true | undefined;
  /** Where the limit comes from. */
  readonly source: string;
  /** False until a person has checked the limit against its source. */
  readonly confirmed: boolean;
}
