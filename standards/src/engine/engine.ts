import type { Reading, ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Effect, Phase, Severity, Verdict } from '../severity.ts';

/** One continuous breach of one rule by one subject. Times are event time, UTC epoch milliseconds. */
export interface Episode {
  /** `estate/asset`. */
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  /** When the breach began: the first breaching reading, not when `for` was fulfilled. */
  readonly onset: number;
  /** When `for` was fulfilled. */
  readonly detected: number;
  /** When it was over: the first reading of the clear hold. Null while it stands. */
  readonly end: number | null;
  readonly worst: ReadingValue | null;
  readonly worstAt: number | null;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly standardVersion: string;
  /** One sentence with value, limit and how long: what a person reads on the ticket. */
  readonly why: Text;
  /** Latching: its condition may clear and the episode end, but its ticket is closed by people only. */
  readonly latched: boolean;
  /** Pages nobody, because every reading behind it was history when it was learnt of. */
  readonly history: boolean;
}

/** (subject, rule, onset) names a standing episode. */
export interface EpisodeKey {
  readonly subject: string;
  readonly rule: string;
  readonly onset: number;
}

/** A difference between what was said and what holds now; applying all in order brings `said` up to date. */
export type EpisodeChange =
  | { readonly type: 'opened'; readonly episode: Episode }
  /** `was` is the key under which it was said; its onset may have moved. */
  | { readonly type: 'amended'; readonly was: EpisodeKey; readonly episode: Episode }
  | { readonly type: 'withdrawn'; readonly was: EpisodeKey; readonly reason: Text };

/** The live verdict of one rule on one subject. */
export interface Condition {
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  readonly verdict: Verdict;
  readonly phase: Phase;
  /** Since when this phase holds; the onset for pending and breach. 0 before the first reading. */
  readonly since: number;
  /** When the phase ends by itself if nothing changes (pending, clearing); else null. */
  readonly until: number | null;
  /** The value judged: the reading, or the aggregate the rule computes. Null while unknown. */
  readonly value: ReadingValue | null;
  readonly severity: Severity;
  readonly effect: Effect;
  /** Points that decide it, `estate/asset/metric`. */
  readonly points: readonly string[];
}

/**
 * Late data that must be judged again: the host reads `points` from the store for [from, to] in time order
 * and hands them to `rejudge`. `to` is inclusive and never beyond what was judged.
 */
export interface LateWork {
  readonly id: number;
  readonly points: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** A standard or limits that are made to count for a time that has passed, after it was judged. */
export interface Restatement {
  /** From then on they count, UTC epoch milliseconds. */
  readonly from: number;
  /** Rules that read otherwise after it. */
  readonly rules: ReadonlySet<string>;
  /** On whom; null for all. */
  readonly subjects: ReadonlySet<string> | null;
}

/**
 * Readings by column, as a frame's dictionary or a scan of the store gives them: names are looked up once, not
 * for every reading. Row k is one reading of the point `point[k]`.
 */
export interface ReadingColumns {
  /** How many rows count; the arrays may be longer. */
  readonly length: number;
  /** `Engine.point` of its id; −1 is ignored. */
  readonly point: Int32Array;
  readonly at: Float64Array;
  readonly received: Float64Array;
  /** As `Engine.encode` gives it; NaN is never judged. */
  readonly value: Float64Array;
  /** 1 for a record of the past. */
  readonly history: Uint8Array;
}

/**
 * Judges readings in event time. Deterministic and free of I/O: the same readings, in any order within the
 * horizon, with any duplicates and batching, give the same standing episodes.
 */
export interface Engine {
  /**
   * Judges the readings of one frame, full point ids, in the frame's order. Readings of unknown points are
   * ignored; duplicates change nothing; late ones come back as work, at most one piece an asset.
   * @throws CaretakerError `STANDARDS_WORK_PENDING` when work of an asset met here was not done yet.
   */
  accept(readings: readonly Reading[]): readonly LateWork[];
  /** `accept` of readings by column. The arrays are only read, and not kept. */
  acceptColumns(columns: ReadingColumns): readonly LateWork[];
  /** The number of a point in columns, by its full id; −1 when no rule or estate knows it. Fixed for an engine. */
  point(id: string): number;
  /** The number of a word in columns, the same for every point and for as long as the engine lives. */
  word(text: string): number;
  /** A value as a column of that point holds it; NaN when it is of another type than the point's. */
  encode(point: number, value: ReadingValue): number;
  /**
   * Does the work with the store's readings of [work.from, work.to], ascending by `at`. Those newer than all that were
   * accepted of their point are left out.
   * @param more true while further parts of the same work follow, each later than the one before; the work is
   * done with the call that does not say so.
   * @throws CaretakerError `STANDARDS_WORK_UNKNOWN`
   */
  rejudge(work: LateWork, readings: readonly Reading[], more?: boolean): void;
  /** `rejudge` with readings by column. */
  rejudgeColumns(work: LateWork, columns: ReadingColumns, more?: boolean): void;
  /**
   * The gateway has said all it received up to `time`: what time alone brings until then (`for`, clear hold,
   * silence) is said now, and withdrawn if an earlier reading still comes.
   */
  advance(gateway: string, time: number): void;
  /**
   * Changes since the last call, in a stable order.
   * @param limit looks at about that many rules at most, so that a long list is no long pause; the rest waits for
   * the next call. Everything was looked at once `settled` is true.
   */
  drain(limit?: number): readonly EpisodeChange[];
  /** Whether `drain` has nothing left to look at. */
  readonly settled: boolean;
  /** Every episode that stands, ended ones within the horizon included. */
  episodes(): readonly Episode[];
  /** Live verdicts; of one subject when named. */
  conditions(subject?: string): readonly Condition[];
  /**
   * Subjects whose conditions changed since the last call; for live screens. A good value that follows a good
   * value is no change.
   */
  drainTouched(): readonly string[];
  /**
   * State that `restoreEngine` of the same program brings back exactly, said episodes included.
   * @throws CaretakerError `STANDARDS_WORK_PENDING`
   */
  snapshot(): Uint8Array;
  /**
   * The same state in parts of bounded size, whose concatenation `restoreEngine` takes. Nothing may be accepted,
   * judged again, advanced or drained before the last part was taken.
   * @throws CaretakerError `STANDARDS_WORK_PENDING`
   */
  snapshotParts(): Iterable<Uint8Array>;
}
