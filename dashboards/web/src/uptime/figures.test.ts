import type { BucketsOfTime, KpiStretches } from '@caretaker/cloud/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, figuresOf, parts, stretchesOf } from './figures.ts';

const ms = fc.integer({ min: 0, max: 30 * 86_400_000 });
const time = fc.tuple(ms, ms, ms, ms).map(
  ([up, down, planned, unknown]): BucketsOfTime => ({
    required: up + down + planned + unknown,
    up,
    degraded: 0,
    down,
    planned,
    unknown,
  }),
);

describe('uptime figures', () => {
  it('add to exactly 100.00 for any times', () => {
    fc.assert(
      fc.property(time, (one) => {
        const figures = figuresOf(one);
        if (one.required === 0) return figures === null;
        return figures !== null && parts.reduce((sum, part) => sum + figures[part], 0) === 10_000;
      }),
      { numRuns: 1000 },
    );
  });

  it('show a part that lasted at all', () => {
    fc.assert(
      fc.property(time, (one) => {
        const figures = figuresOf(one);
        return figures === null || parts.every((part) => one[part] === 0 || figures[part] > 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('call known what is not unknown', () => {
    const one = { required: 720, up: 696, degraded: 0, down: 14, planned: 4, unknown: 6 };
    expect(figuresOf(one)).toEqual({ up: 9667, down: 194, planned: 56, unknown: 83 });
    expect(coverageOf(one)).toBe(9917);
  });

  it('open to stretches that add to the figure, degraded time inside up', () => {
    const reason = { en: '', zh: '' };
    const stretches: KpiStretches['stretches'] = [
      { bucket: 'up', from: 0, to: 60, episodes: [], reason },
      { bucket: 'degraded', from: 60, to: 80, episodes: [4], reason },
      { bucket: 'down', from: 80, to: 100, episodes: [5], reason },
    ];
    expect(stretchesOf(stretches, 'up').sum).toBe(80);
    expect(stretchesOf(stretches, 'down').own.map(({ episodes }) => episodes)).toEqual([[5]]);
    expect(stretchesOf(stretches, 'planned')).toEqual({ own: [], sum: 0 });
  });
});
