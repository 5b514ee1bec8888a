import type { Reading, ReadingValue } from '@caretaker/readings';
import type { CalendarSpec, Rule } from '../../../rules/clause.ts';
import type { Effect, Severity } from '../../../severity.ts';

interface SilenceLimit {
  readonly silentAfter: number | null;
  readonly until: number;
}

export interface ReferencePoint {
  readonly id: string;
  readonly metric: string;
  readonly silentAfter: number | null;
  /** Limits of before, each in force up to an instant, exclusive; oldest first, the present one last. */
  readonly silences?: readonly SilenceLimit[] | undefined;
  /** Up to when its gateway says that it has sent all, UTC epoch milliseconds. */
  readonly completeTo: number;
  /** Nothing from before is judged any more; left out where age does not matter. */
  readonly judgedFrom?: number;
  /** Unique by `at`, ascending. */
  readonly readings: readonly Reading[];
}

export interface ReferenceAsset {
  readonly points: readonly ReferencePoint[];
  readonly relations: Readonly<Record<string, readonly ReferenceAsset[]>>;
}

export interface ReferenceCalendar {
  at(spec: CalendarSpec, time: number): boolean;
  /** Every instant in [from, to] at which it changes. */
  edges(spec: CalendarSpec, from: number, to: number): number[];
}

export type Limits = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One version of a rule; `rule` is undefined while no rule of the name exists. */
export interface InForce {
  readonly rule: Rule | undefined;
  readonly version: string;
  /** Numbers of the rule that an estate sets for its points, by point and name. */
  readonly limits?: Limits | undefined;
  /** UTC epoch milliseconds, exclusive; infinite for the last version. */
  readonly until: number;
}

export interface ReferenceEpisode {
  onset: number;
  detected: number;
  end: number | null;
  /** When its clear hold was fulfilled; null while it stands. */
  clearedAt: number | null;
  worst: ReadingValue | null;
  worstAt: number | null;
  history: boolean;
}

/** An episode with what the version in force at its onset says of it. */
export interface ReferenceSaid extends Omit<ReferenceEpisode, 'clearedAt'> {
  readonly severity: Severity;
  readonly version: string;
  readonly latched: boolean;
  readonly effect: Effect;
}

/** Until when the value of a reading holds, exclusive, by the limit in force at its own time. */
export function holdsUntil({ silentAfter, silences }: ReferencePoint, at: number): number {
  const found =
    silences === undefined ? silentAfter : silences.find((l) => at < l.until)?.silentAfter;
  return at + (found ?? Number.POSITIVE_INFINITY);
}

/** Kleene's truth; null is unknown. */
export type Truth = boolean | null;

export const and = (list: readonly Truth[]): Truth =>
  list.includes(false) ? false : list.includes(null) ? null : true;
export const or = (list: readonly Truth[]): Truth =>
  list.includes(true) ? true : list.includes(null) ? null : false;
export const not = (x: Truth): Truth => (x === null ? null : !x);
