import type { Reading, ReadingValue } from '@caretaker/readings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinned } from './thin.ts';

const series = (values: readonly ReadingValue[]) =>
  values.map((value, at) => ({ point: 'p', at, value })) as unknown as Reading[];

describe('readings that are kept with a ticket', () => {
  it('are all of them where they are few', () => {
    expect(thinned('p', series([1, 2, 3]), 4)).toEqual({
      ...{ point: 'p', count: 3 },
      readings: [1, 2, 3].map((value, at) => ({ at, value })),
    });
  });

  it('keep every peak, in the order of time, where they are many', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 11, maxLength: 300 });
    const check = (all: number[]) => {
      const { count, readings } = thinned('p', series(all), 10);
      expect(count).toBe(all.length);
      expect(readings.length).toBeLessThanOrEqual(10);
      const kept = readings.map(({ value }) => Number(value));
      expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...all), Math.max(...all)]);
      expect(readings.map(({ at }) => at)).toEqual(
        readings.map(({ at }) => at).toSorted((a, b) => a - b),
      );
      for (const { at, value } of readings) expect(all[at]).toBe(value);
    };
    fc.assert(fc.property(values, check), { numRuns: 100 });
  });

  it('keep the changes of a state', () => {
    const states = [...Array(30).fill('open'), 'shut', ...Array(30).fill('open')];
    expect(thinned('p', series(states), 10).readings).toEqual([
      ...[
        { at: 0, value: 'open' },
        { at: 30, value: 'shut' },
        { at: 31, value: 'open' },
      ],
    ]);
  });
});
