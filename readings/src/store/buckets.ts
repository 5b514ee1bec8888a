import { CaretakerError } from '../base/index.ts';
import type { MetricType, ReadingValue, Series } from '../reading.ts';
import type { Buckets, NumberBucket, StateBucket } from '../store.ts';

/** More stretches than any screen is wide; bounds the answer. */
const MAX_BUCKETS = 10_000;

/** What of a series decides how its readings are summarised. */
export type Summary = Pick<Series, 'type' | 'mean'>;

/** Takes the readings of one point in ascending time and sums them up by stretch of time. */
export interface BucketFold {
  add(at: number, value: ReadingValue): void;
  result(): Buckets;
}

/**
 * `count` stretches of [from, to): number i begins at from + ⌊i × (to − from) / count⌋.
 * The one definition of a bucket, so that every store gives the same figures.
 * @throws CaretakerError `READINGS_STORE_RANGE` unless from < to and 1 ≤ count ≤ 10,000.
 */
export function createBucketFold(
  summary: Summary,
  from: number,
  to: number,
  count: number,
): BucketFold {
  checkRange(from, to, count);
  const width = to - from;
  const edge = (i: number) => from + Math.floor((i * width) / count);
  return summary.type === 'number'
    ? numberFold(summary.mean, count, edge)
    : stateFold(summary.type, count, edge);
}

function checkRange(from: number, to: number, count: number): void {
  const instants = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to;
  if (instants && Number.isInteger(count) && count >= 1 && count <= MAX_BUCKETS) return;
  throw new CaretakerError({
    code: 'READINGS_STORE_RANGE',
    message: `Cannot divide the time from ${from} to ${to} into ${count} buckets`,
    next: `Give whole milliseconds with from before to, and 1 to ${MAX_BUCKETS} buckets.`,
  });
}

/** Finds the bucket of ascending instants by walking forward. */
function walker(count: number, edge: (i: number) => number): (at: number) => number {
  let i = 0;
  let end = edge(1);
  return (at) => {
    while (at >= end && i < count - 1) {
      i += 1;
      end = edge(i + 1);
    }
    return i;
  };
}

interface NumberSum {
  n: number;
  min: number;
  minAt: number;
  max: number;
  maxAt: number;
  last: number;
  lastAt: number;
  /** Arithmetic: sum. Energy: sum of 10^((x − max) / 10), so that no level overflows. */
  sum: number;
}

function numberFold(mean: Series['mean'], count: number, edge: (i: number) => number): BucketFold {
  const sums = new Array<NumberSum | undefined>(count);
  const bucketOf = walker(count, edge);
  const energy = mean === 'energy';
  return {
    add(at, value) {
      const x = value as number;
      const i = bucketOf(at);
      const sum = sums[i];
      if (sum === undefined) {
        const first = energy ? 1 : x;
        sums[i] = { n: 1, min: x, minAt: at, max: x, maxAt: at, last: x, lastAt: at, sum: first };
        return;
      }
      sum.n += 1;
      if (!energy) sum.sum += x;
      else if (x > sum.max) sum.sum = sum.sum * 10 ** ((sum.max - x) / 10) + 1;
      else sum.sum += 10 ** ((x - sum.max) / 10);
      if (x < sum.min) {
        sum.min = x;
        sum.minAt = at;
      }
      if (x > sum.max) {
        sum.max = x;
        sum.maxAt = at;
      }
      sum.last = x;
      sum.lastAt = at;
    },
    result: () => ({
      type: 'number',
      buckets: Array.from({ length: count }, (_, i) =>
        numberBucket(edge(i), edge(i + 1), energy, sums[i]),
      ),
    }),
  };
}

function numberBucket(
  from: number,
  to: number,
  energy: boolean,
  sum: NumberSum | undefined,
): NumberBucket {
  if (sum === undefined) {
    const nothing = { min: null, minAt: null, max: null, maxAt: null };
    return { from, to, n: 0, ...nothing, mean: null, last: null, lastAt: null };
  }
  const { n, min, minAt, max, maxAt, last, lastAt } = sum;
  const mean = energy ? max + 10 * Math.log10(sum.sum / n) : sum.sum / n;
  return { from, to, n, min, minAt, max, maxAt, mean, last, lastAt };
}

interface StateSum {
  n: number;
  readonly counts: Map<string, number>;
  last: string;
  lastAt: number;
}

function stateFold(
  type: Exclude<MetricType, 'number'>,
  count: number,
  edge: (i: number) => number,
): BucketFold {
  const sums = new Array<StateSum | undefined>(count);
  const bucketOf = walker(count, edge);
  return {
    add(at, value) {
      const word = type === 'flag' ? String(value) : (value as string);
      const i = bucketOf(at);
      let sum = sums[i];
      if (sum === undefined) {
        sum = { n: 0, counts: new Map(), last: word, lastAt: at };
        sums[i] = sum;
      }
      sum.n += 1;
      sum.counts.set(word, (sum.counts.get(word) ?? 0) + 1);
      sum.last = word;
      sum.lastAt = at;
    },
    result: () => ({
      type: 'state',
      buckets: Array.from({ length: count }, (_, i) => stateBucket(edge(i), edge(i + 1), sums[i])),
    }),
  };
}

function stateBucket(from: number, to: number, sum: StateSum | undefined): StateBucket {
  if (sum === undefined) return { from, to, n: 0, shares: {}, last: null, lastAt: null };
  const { n, counts, last, lastAt } = sum;
  const shares = Object.fromEntries([...counts].map(([word, times]) => [word, times / n]));
  return { from, to, n, shares, last, lastAt };
}
