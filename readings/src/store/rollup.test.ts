import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricType, Reading, ReadingValue } from '../reading.ts';
import type { Buckets } from '../store.ts';
import { sample } from '../testing/index.ts';
import { createBucketFold, type Summary } from './buckets.ts';
import { HOUR, type HourRollup, hourOf, rollupOf } from './rollup.ts';
import { chartParts, type Interval, stretchOf } from './stretch.ts';

const HOURS = 8;
const T = 1_800_000_000_000;

const summaries: readonly Summary[] = [
  { type: 'number', mean: 'arithmetic' },
  { type: 'number', mean: 'energy' },
  { type: 'state', mean: 'arithmetic' },
  { type: 'flag', mean: 'arithmetic' },
];

function worth(type: MetricType, level: number): ReadingValue {
  if (type === 'number') return level / 8 - 3;
  return type === 'state' ? `word-${level % 3}` : level % 2 === 0;
}

/** Readings of one point, a chart over some of their time, and which hours are not rolled up. */
const given = fc.record({
  summary: fc.constantFrom(...summaries),
  readings: fc.uniqueArray(fc.tuple(fc.nat(HOURS * HOUR - 1), fc.nat(1_000)), {
    maxLength: 60,
    selector: ([at]) => at,
  }),
  from: fc.oneof(
    fc.nat(4).map((n) => n * HOUR),
    fc.nat(4 * HOUR),
  ),
  length: fc.oneof(
    fc.integer({ min: 1, max: 6 }).map((n) => n * HOUR),
    fc.integer({ min: 1, max: 9 * HOUR }),
  ),
  count: fc.integer({ min: 1, max: 12 }),
  unrolled: fc.array(fc.tuple(fc.nat(HOURS * HOUR), fc.nat(3 * HOUR)), { maxLength: 4 }),
  gone: fc.option(fc.nat(HOURS), { nil: null }),
});

function hoursOf(type: MetricType, readings: readonly Reading[]): HourRollup[] {
  const hours = Map.groupBy(readings, ({ at }) => hourOf(at));
  return [...hours.values()].map((list) => rollupOf(type, list) as HourRollup);
}

/** Ascending and apart from each other. */
function intervalsOf(list: readonly (readonly [number, number])[]): Interval[] {
  const sorted = list.toSorted(([a], [b]) => a - b);
  const intervals: Interval[] = [];
  for (const [from, length] of sorted) {
    const last = intervals.at(-1)?.to ?? 0;
    if (from >= last && length > 0) intervals.push({ from: T + from, to: T + from + length });
  }
  return intervals.filter(({ from }, i) => from >= (intervals[i - 1]?.to ?? 0));
}

/** Means to nine digits: the order of a sum is of no matter. */
function rounded(buckets: Buckets): unknown {
  return JSON.parse(
    JSON.stringify(buckets, (key, value) =>
      key === 'mean' && typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  );
}

it('gives the same figures from any mixture of rollups and readings as from the readings', () => {
  fc.assert(
    fc.property(given, ({ summary, readings: raw, from, length, count, unrolled, gone }) => {
      const { type } = summary;
      const readings = raw
        .toSorted(([a], [b]) => a - b)
        .map(([ms, level]) => sample('p', T + ms, worth(type, level)));
      const rawFrom = gone === null ? null : T + gone * HOUR;
      const isGone = (at: number) => rawFrom !== null && at < rawFrom;
      const stretch = stretchOf(T + from, T + from + length, count);
      const fold = createBucketFold(summary, stretch);
      const parts = chartParts(stretch, {
        // As a store has them: up to the hour in which the chart ends.
        rollups: hoursOf(type, readings).filter(({ hour }) => hour >= hourOf(T + from)),
        unrolled: intervalsOf(unrolled).filter((time) => !isGone(time.from)),
        rawFrom,
      });
      for (const part of parts) {
        if (part.type === 'hour') fold.addHour(part.rollup);
        else {
          for (const { at, value } of readings) {
            if (at >= part.from && at < part.to && !isGone(at)) fold.add(at, value);
          }
        }
      }
      // What is gone is known by the hour in which it was.
      const placed = (at: number) => (isGone(at) ? hourOf(at) : at);
      const within = readings.filter(
        ({ at }) => placed(at) >= stretch.from && placed(at) < stretch.to,
      );
      if (rawFrom === null)
        expect(rounded(fold.result())).toEqual(rounded(naive(summary, within, stretch)));
      const counts = fold.result().buckets.map(({ n }) => n);
      expect(counts).toEqual(
        Array.from(
          { length: count },
          (_, i) =>
            within.filter(
              ({ at }) => placed(at) >= stretch.edge(i) && placed(at) < stretch.edge(i + 1),
            ).length,
        ),
      );
    }),
    { numRuns: 2_000 },
  );
});

function naive(
  summary: Summary,
  readings: readonly Reading[],
  stretch: ReturnType<typeof stretchOf>,
) {
  const fold = createBucketFold(summary, stretch);
  for (const { at, value } of readings) fold.add(at, value);
  return fold.result();
}

it('does not overflow on sums of loud levels, and takes the louder of two hours as the measure', () => {
  const hour = (h: number, level: number) =>
    rollupOf('number', [
      sample('p', h * HOUR, level),
      sample('p', h * HOUR + 1, level),
    ]) as HourRollup;
  const fold = createBucketFold({ type: 'number', mean: 'energy' }, stretchOf(0, 2 * HOUR, 1));
  fold.addHour(hour(0, 4_000));
  fold.addHour(hour(1, 5_000));
  const { buckets } = fold.result();
  expect(buckets[0]).toMatchObject({ n: 4, mean: 5_000 + 10 * Math.log10(0.5) });
});

it('reads raw only what lies at the edges, in stretches that are whole', () => {
  const rollups = Array.from({ length: HOURS }, (_, h) =>
    rollupOf('number', [sample('p', T + h * HOUR, h)]),
  ) as HourRollup[];
  const stretch = stretchOf(T + HOUR / 2, T + 6.5 * HOUR, 2);
  const parts = [...chartParts(stretch, { rollups, unrolled: [], rawFrom: null })];
  expect(
    parts.map((part) =>
      part.type === 'hour' ? part.rollup.hour - T : [part.from - T, part.to - T],
    ),
  ).toEqual([
    [HOUR / 2, HOUR],
    HOUR,
    2 * HOUR,
    [3 * HOUR, 4 * HOUR],
    4 * HOUR,
    5 * HOUR,
    [6 * HOUR, 6.5 * HOUR],
  ]);
});
