import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactSum } from './sum.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);

/** The double nearest to the exact sum; every value is a whole multiple of 2^−300. */
function exact(values: readonly number[]): number {
  const sum = values.reduce((all, value) => all + BigInt(value * 2 ** 150) * (1n << 150n), 0n);
  return Number(sum) / 2 ** 300;
}

/** Whole numbers times powers of two far apart, so that a sum spans several hundred bits. */
const value = fc
  .tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: -140, max: 100 }))
  .map(([mantissa, exponent]) => mantissa * 2 ** exponent);

describe('an exact sum', () => {
  it('is rounded once, whatever it held before', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), fc.nat(8), (values, window) => {
        const sum = new ExactSum();
        for (const [k, added] of values.entries()) {
          sum.add(added);
          if (k >= window) sum.add(-(values[k - window] as number));
          const held = window === 0 ? [] : values.slice(Math.max(0, k + 1 - window), k + 1);
          expect(sum.value() + 0).toBe(exact(held));
        }
      }),
      { numRuns: runs },
    );
  });

  it('rounds a tie to the side of what is smaller still', () => {
    for (const [least, nearest] of [
      [2 ** -80, 2 ** 53 + 2],
      [-(2 ** -80), 2 ** 53],
    ] as const) {
      const sum = new ExactSum();
      for (const part of [2 ** 53, 1, least]) sum.add(part);
      expect(sum.value()).toBe(nearest);
    }
  });

  it('keeps what is far smaller than the rest, and comes back to nothing', () => {
    const sum = new ExactSum();
    const parts = [2 ** 80, 1, 2 ** -80, -(2 ** 80)];
    for (const part of parts) sum.add(part);
    expect(sum.value()).toBe(1);
    sum.add(-1);
    expect(sum.value()).toBe(2 ** -80);
    sum.add(-(2 ** -80));
    expect(sum.value()).toBe(0);
    sum.add(0.1);
    expect(sum.value()).toBe(0.1);
    sum.clear();
    expect(sum.value()).toBe(0);
  });
});
