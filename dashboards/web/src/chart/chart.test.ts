import type { Limit, NumberBucket, StateBucket } from '@caretaker/cloud/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinted } from './layers.ts';
import { seriesOf, spreadLabels, valueRange } from './series.ts';
import { stateSpans } from './states.ts';

const minute = 60_000;
function bucket(from: number, readings: [at: number, value: number][]): NumberBucket {
  const to = from + 10 * minute;
  const last = readings.at(-1);
  if (last === undefined) {
    return {
      from,
      to,
      n: 0,
      min: null,
      minAt: null,
      max: null,
      maxAt: null,
      mean: null,
      last: null,
      lastAt: null,
    };
  }
  const values = readings.map(([, value]) => value);
  const min = Math.min(...values);
  const max = Math.max(...values);
  return {
    from,
    to,
    n: readings.length,
    min,
    minAt: readings.find(([, value]) => value === min)?.[0] ?? null,
    max,
    maxAt: readings.find(([, value]) => value === max)?.[0] ?? null,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    last: last[1],
    lastAt: last[0],
  };
}

describe('a series', () => {
  const window = { from: 0, to: 120 * minute };
  const buckets = [
    bucket(0, [
      [1 * minute, 50],
      [9 * minute, 90],
    ]),
    bucket(10 * minute, []),
    bucket(20 * minute, [[25 * minute, 52]]),
    bucket(80 * minute, [[85 * minute, 55]]),
  ];

  it('keeps the peak of a bucket in its band', () => {
    expect(seriesOf(buckets, [], window, 30 * minute).columns[2]).toContain(90);
  });

  it('breaks the line only where readings stayed out longer than the silence limit', () => {
    const { columns, unknown } = seriesOf(buckets, [], window, 30 * minute);
    expect(columns[3].filter((value) => value === null)).toHaveLength(1);
    expect(unknown).toEqual([
      { from: 55 * minute, to: 85 * minute },
      { from: 115 * minute, to: 120 * minute },
    ]);
  });

  it('knows no silence for a point that only speaks of events', () => {
    const { columns, unknown } = seriesOf(buckets, [], window, null);
    expect(columns[3]).not.toContain(null);
    expect(unknown).toEqual([]);
  });

  it('goes on with what arrived since, each reading once', () => {
    const since = [
      { at: 85 * minute, value: 55 },
      { at: 90 * minute, value: 61 },
    ];
    const { samples, unknown } = seriesOf(buckets, since, window, 30 * minute);
    expect(samples.map(({ last }) => last)).toEqual([90, 52, 55, 61]);
    expect(unknown.at(-1)).toEqual({ from: 55 * minute, to: 85 * minute });
  });

  it('is unknown throughout when nothing was read, but for what may still hold', () => {
    expect(seriesOf([], [], window, 30 * minute).unknown).toEqual([
      { from: 30 * minute, to: 120 * minute },
    ]);
  });

  it('has its limits inside the axis, and no negative axis for what is never negative', () => {
    const { samples } = seriesOf(buckets, [], window, null);
    const [low, high] = valueRange(samples, [120]);
    expect(high).toBeGreaterThan(120);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(valueRange([], [])).toEqual([0, 1]);
  });
});

describe('the tint beyond limits', () => {
  const limit = (value: number, more: Partial<Limit> = {}): Limit => ({
    rule: `r${value}`,
    item: 'TP01-01',
    severity: 'medium',
    side: 'above',
    limit: value,
    clear: null,
    over: 'value',
    window: null,
    for: 0,
    clearFor: 0,
    conditional: false,
    ...more,
  });

  it('is drawn outward, the worse over the milder', () => {
    expect(tinted([limit(9), limit(5)]).map((one) => one.limit)).toEqual([5, 9]);
    const below = [limit(3, { side: 'below' }), limit(6, { side: 'below' })];
    expect(tinted(below).map((one) => one.limit)).toEqual([6, 3]);
  });

  it('is not drawn for a limit that counts only at times', () => {
    expect(tinted([limit(5, { conditional: true }), limit(9)]).map((one) => one.limit)).toEqual([
      9,
    ]);
  });
});

describe('labels', () => {
  it('never cover each other while there is room', () => {
    const places = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(places, (wanted) => {
        const sorted = spreadLabels(wanted, 14, 0, 200).toSorted((a, b) => a - b);
        return sorted.every(
          (place, index) => index === 0 || place - (sorted[index - 1] ?? 0) >= 14,
        );
      }),
    );
  });

  it('stay where they are when nothing is near', () => {
    expect(spreadLabels([100, 20], 14, 0, 200)).toEqual([100, 20]);
  });
});

describe('states', () => {
  const state = (
    from: number,
    shares: Record<string, number>,
    last: string | null,
  ): StateBucket => ({
    from: from * minute,
    to: (from + 10) * minute,
    n: last === null ? 0 : 1,
    shares,
    last,
    lastAt: last === null ? null : (from + 5) * minute,
  });
  const window = { from: 0, to: 60 * minute };

  it('hold until the next reading and become unknown at the silence limit', () => {
    const buckets = [
      state(0, { closed: 1 }, 'closed'),
      ...[10, 20, 30, 40, 50].map((at) => state(at, {}, null)),
    ];
    expect(stateSpans(buckets, window, 30 * minute)).toEqual([
      { from: 0, to: 35 * minute, state: 'closed' },
      { from: 35 * minute, to: 60 * minute, state: null },
    ]);
    expect(stateSpans(buckets, window, null)).toEqual([
      { from: 0, to: 60 * minute, state: 'closed' },
    ]);
  });

  it('are drawn to scale inside a bucket, the last one last', () => {
    expect(stateSpans([state(0, { open: 0.25, closed: 0.75 }, 'open')], window, null)).toEqual([
      { from: 0, to: 7.5 * minute, state: 'closed' },
      { from: 7.5 * minute, to: 10 * minute, state: 'open' },
    ]);
  });
});
