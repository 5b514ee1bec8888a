import type { MetricType, ReadingValue, Series } from '../reading.ts';
import type { Buckets, NumberBucket, StateBucket } from '../store.ts';
import type { HourRollup } from './rollup.ts';
import { type Stretch, walkerOf } from './stretch.ts';
import {
  addNumber,
  addNumberSum,
  addState,
  addStateSum,
  emptyNumberSum,
  emptyStateSum,
  type NumberSum,
  type StateSum,
} from './sums.ts';

/** What of a series decides how its readings are summarised. */
export type Summary = Pick<Series, 'type' | 'mean'>;

/** Takes the readings of one point in ascending time and sums them up by stretch of time. */
export interface BucketFold {
  add(at: number, value: ReadingValue): void;
  /**
   * Takes all readings of an hour at once, into the bucket in which the hour begins. One of another type than
   * the chart's is left out.
   */
  addHour(rollup: HourRollup): void;
  result(): Buckets;
}

/** The one definition of a bucket's figures, so that every store gives the same. */
export function createBucketFold(summary: Summary, stretch: Stretch): BucketFold {
  return summary.type === 'number'
    ? numberFold(summary.mean === 'energy', stretch)
    : stateFold(summary.type, stretch);
}

function numberFold(energy: boolean, stretch: Stretch): BucketFold {
  const sums = new Array<NumberSum | undefined>(stretch.count);
  const { bucketOf } = walkerOf(stretch);
  const sumAt = (at: number) => {
    const i = bucketOf(at);
    let sum = sums[i];
    if (sum === undefined) {
      sum = emptyNumberSum();
      sums[i] = sum;
    }
    return sum;
  };
  return {
    add: (at, value) => addNumber(sumAt(at), at, value as number, energy),
    addHour(rollup) {
      if (rollup.type === 'number') addNumberSum(sumAt(rollup.hour), rollup);
    },
    result: () => ({
      type: 'number',
      buckets: Array.from({ length: stretch.count }, (_, i) =>
        numberBucket(stretch.edge(i), stretch.edge(i + 1), energy, sums[i]),
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
  const mean = energy ? max + 10 * Math.log10(sum.power / n) : sum.sum / n;
  return { from, to, n, min, minAt, max, maxAt, mean, last, lastAt };
}

function stateFold(type: Exclude<MetricType, 'number'>, stretch: Stretch): BucketFold {
  const sums = new Array<StateSum | undefined>(stretch.count);
  const { bucketOf } = walkerOf(stretch);
  const sumAt = (at: number) => {
    const i = bucketOf(at);
    let sum = sums[i];
    if (sum === undefined) {
      sum = emptyStateSum();
      sums[i] = sum;
    }
    return sum;
  };
  return {
    add: (at, value) =>
      addState(sumAt(at), at, type === 'flag' ? String(value) : (value as string)),
    addHour(rollup) {
      if (rollup.type === 'state') addStateSum(sumAt(rollup.hour), rollup);
    },
    result: () => ({
      type: 'state',
      buckets: Array.from({ length: stretch.count }, (_, i) =>
        stateBucket(stretch.edge(i), stretch.edge(i + 1), sums[i]),
      ),
    }),
  };
}

function stateBucket(from: number, to: number, sum: StateSum | undefined): StateBucket {
  if (sum === undefined) return { from, to, n: 0, shares: {}, last: null, lastAt: null };
  const { n, counts, last, lastAt } = sum;
  const shares = Object.fromEntries([...counts].map(([word, times]) => [word, times / n]));
  return { from, to, n, shares, last, lastAt };
}
