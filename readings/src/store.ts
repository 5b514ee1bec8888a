import type { Reading, ReadingValue, Series } from './reading.ts';

/** One stretch of time of a number point. `null` figures mean that no reading fell into it. */
export interface NumberBucket {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly min: number | null;
  readonly minAt: number | null;
  readonly max: number | null;
  readonly maxAt: number | null;
  /** Arithmetic or energy mean as the series says. */
  readonly mean: number | null;
  readonly last: number | null;
  readonly lastAt: number | null;
}

/** One stretch of time of a state or flag point. */
export interface StateBucket {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Share of the bucket's readings in each state, adding to 1 when n > 0. Flags are `true`, `false`. */
  readonly shares: Readonly<Record<string, number>>;
  readonly last: string | null;
  readonly lastAt: number | null;
}

export type Buckets =
  | { readonly type: 'number'; readonly buckets: readonly NumberBucket[] }
  | { readonly type: 'state'; readonly buckets: readonly StateBucket[] };

/** What the store holds under (point, at) differs from what was offered; the first one stays. */
export interface Conflict {
  readonly offered: Reading;
  readonly held: ReadingValue;
}

/** A reading that the store will never keep; the rest of its write was kept. */
export interface Refusal {
  readonly reading: Reading;
  /**
   * `READINGS_STORE_UNKNOWN_POINT`, `READINGS_STORE_TYPE`, `READINGS_STORE_VALUE`, or `READINGS_STORE_EXPIRED`
   * when the raw readings of its hour are gone.
   */
  readonly code: string;
  readonly message: string;
}

/** Each reading offered is in one of the four. */
export interface WriteResult {
  readonly written: number;
  readonly duplicates: number;
  readonly conflicts: readonly Conflict[];
  /** To be put into quarantine: nobody holds them. */
  readonly refused: readonly Refusal[];
}

/** First and last instant of a point's readings, those included whose raw readings are gone. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Readings of several points as columns, for programs that go through millions of them. Whether the device
 * stamped a reading is left out: it decides no verdict.
 */
export interface ReadingColumns {
  /** Rows; the arrays may be longer. */
  readonly length: number;
  /** Index in the points asked for. */
  readonly point: Int32Array;
  readonly at: Float64Array;
  readonly received: Float64Array;
  /** The number; 1 or 0 of a flag; of a state its index in `words`. */
  readonly value: Float64Array;
  /** 1 for a record of the past, else 0. */
  readonly history: Uint8Array;
  /** At least the words of this batch. */
  readonly words: readonly string[];
}

/**
 * Keeps readings under their full point id (`estate/asset/metric`). Every adapter passes the one contract
 * suite in `@caretaker/readings/testing`.
 *
 * An adapter may be given a retention of raw readings. What is older is known by hourly rollups, which stay for
 * ever: `buckets` takes whole hours from them and only the edges of its buckets from raw readings, so that its
 * figures are the same while raw readings last. Rollups follow late data by themselves: a rollup that is behind
 * is brought up to date, or left aside, before anything is answered from it, also after a crash.
 */
export interface ReadingStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Durable when it resolves, and idempotent: writing the same readings again changes nothing. The first
   * value under (point, at) stays; another one is returned as a conflict. −0 is kept as 0. A reading that can
   * never be kept is returned as refused and hinders no other.
   * @throws CaretakerError `READINGS_STORE_UNAVAILABLE` when nothing or only a part was kept; retry whole.
   * `READINGS_STORE_REFUSED`, a limit that an operator must lift.
   */
  write(readings: readonly Reading[]): Promise<WriteResult>;
  /**
   * Housekeeping, asked for by the owner now and then, about once an hour: brings rollups up to date, and lets go
   * of the raw readings of hours that ended before `now` less the retention. Harmless to repeat and to break off.
   * @param now UTC epoch milliseconds
   */
  expire(now: number): Promise<void>;
  /**
   * The newest reading by `at` of each point asked for, or of every point. Points without one are absent, and may
   * be when their newest is older than the retention.
   */
  latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>>;
  /** First and last instants; points without a reading are absent. */
  spans(points?: readonly string[]): Promise<ReadonlyMap<string, Span>>;
  /**
   * Readings of one point with from ≤ at < to, ascending, at most `limit`.
   * @throws CaretakerError `READINGS_STORE_UNKNOWN_POINT`.
   */
  range(point: string, from: number, to: number, limit?: number): Promise<readonly Reading[]>;
  /**
   * `count` equal stretches of [from, to), empty ones included. An hour whose raw readings are gone counts in
   * the bucket in which it begins.
   * @throws CaretakerError `READINGS_STORE_UNKNOWN_POINT`; `READINGS_STORE_RANGE` unless from < to are whole
   * and 1 ≤ count ≤ 10,000.
   */
  buckets(point: string, from: number, to: number, count: number): Promise<Buckets>;
  /**
   * All readings with from ≤ at < to of the points named (or of all), ascending by `at`, ties by point id,
   * in batches; for replay and re-judging. Holds a bounded number in memory. Finite bounds; what is written
   * during the scan may or may not be in it.
   */
  scan(from: number, to: number, points?: readonly string[]): AsyncIterable<readonly Reading[]>;
  /**
   * The same readings in the same order as columns, of points that are named once each. A batch is valid
   * until the next one is asked for: its arrays may be filled again.
   */
  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns>;
}

/** For how long a store keeps raw readings, in milliseconds; null for ever. Rollups always stay. */
export type RawRetention = number | null;

/** Tells a store what a point is; undefined for a point that no estate declares. */
export type DescribePoint = (point: string) => Series | undefined;
