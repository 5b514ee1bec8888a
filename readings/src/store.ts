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

export interface WriteResult {
  readonly written: number;
  readonly duplicates: number;
  readonly conflicts: readonly Conflict[];
}

/** First and last instant of a point's readings. */
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
 */
export interface ReadingStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Durable when it resolves, and idempotent: writing the same readings again changes nothing. The first
   * value under (point, at) stays; another one is returned as a conflict. −0 is kept as 0.
   * @throws CaretakerError `READINGS_STORE_UNAVAILABLE` when nothing or only a part was kept; retry whole.
   * A retry is of no use after `READINGS_STORE_UNKNOWN_POINT`, `READINGS_STORE_TYPE` and
   * `READINGS_STORE_VALUE`, which name the points and come before anything is kept, unless it is the server
   * that finds out about a type; nor after `READINGS_STORE_REFUSED`, a limit that an operator must lift.
   */
  write(readings: readonly Reading[]): Promise<WriteResult>;
  /** The newest reading by `at` of each point asked for, or of every point. Points without one are absent. */
  latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>>;
  /** First and last instants; points without a reading are absent. */
  spans(points?: readonly string[]): Promise<ReadonlyMap<string, Span>>;
  /**
   * Readings of one point with from ≤ at < to, ascending, at most `limit`.
   * @throws CaretakerError `READINGS_STORE_UNKNOWN_POINT`.
   */
  range(point: string, from: number, to: number, limit?: number): Promise<readonly Reading[]>;
  /**
   * `count` equal stretches of [from, to), empty ones included.
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

/** Tells a store what a point is; undefined for a point that no estate declares. */
export type DescribePoint = (point: string) => Series | undefined;
