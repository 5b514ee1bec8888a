import type { Fault } from '../base/index.ts';
import { encodeReadings } from '../frame/index.ts';
import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';
import type { Buckets, RawRetention, ReadingColumns, Span } from '../store.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly role: 'write' | 'read';
  readonly file: string;
  readonly rawRetentionMs: RawRetention;
}

/** What the writing thread did with the readings of one call; those it did not keep by index. */
export interface WriteOutcome {
  readonly written: number;
  readonly conflicts: readonly { readonly index: number; readonly held: ReadingValue }[];
  /** With the type that the point has kept. */
  readonly mistyped: readonly { readonly index: number; readonly held: MetricType }[];
  /** Of hours whose raw readings are gone. */
  readonly expired: readonly number[];
  /** Something may be folded now. */
  readonly foldable: boolean;
}

/** Where a listing of all points goes on; null at the start and at the end. */
export type Position = number | null;

/** Calls of the writing thread. Readings travel as `encodeReadings` bytes, which copy faster than objects. */
export interface Writing {
  write(readings: Uint8Array): WriteOutcome;
  /** Folds a bounded part of what may be folded. @returns whether there is more */
  fold(): boolean;
  /** Does a bounded part of what `ReadingStore.expire` says. @returns whether there is more */
  expire(now: number): boolean;
  close(): void;
}

/** Calls of the reading thread. Each answers within milliseconds: long answers go by pages. */
export interface Reader {
  latest(points: readonly string[]): Uint8Array;
  latestPage(after: Position): { readonly readings: Uint8Array; readonly next: Position };
  spans(points: readonly string[]): readonly (readonly [string, Span])[];
  spansPage(after: Position): {
    readonly spans: readonly (readonly [string, Span])[];
    readonly next: Position;
  };
  range(point: string, from: number, to: number, limit: number): Uint8Array;
  /** @param type of a point that has no readings yet */
  buckets(
    point: string,
    type: MetricType,
    mean: Series['mean'],
    from: number,
    to: number,
    count: number,
  ): Buckets;
  /** An instant ≥ `from` before which there is no reading from `from` on, of the points named or of all. */
  next(from: number, points: readonly string[] | null): number | null;
  /** Readings with from ≤ at < to, by point, in parts; null when they are more than one slice may hold. */
  slice(from: number, to: number, points: readonly string[] | null): readonly Uint8Array[] | null;
  /** The same as columns; `scan` tells one scan from another, so that points are looked up once. */
  columns(scan: number, from: number, to: number, points: readonly string[]): ReadingColumns | null;
  close(): void;
}

export interface Request {
  readonly id: number;
  readonly call: string;
  readonly values: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

/** Readings as bytes in memory of their own: a message copies the whole memory that a view lies in. */
export function pack(readings: readonly Reading[]): Uint8Array {
  return new Uint8Array(encodeReadings(readings));
}
