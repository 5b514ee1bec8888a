import fc from 'fast-check';
import { expect, it } from 'vitest';
import { includes, merge, rangesOf } from './ranges.ts';

const anyNumbers = fc.array(fc.integer({ min: 1, max: 60 }));
const rising = (numbers: readonly number[]) => [...new Set(numbers)].toSorted((a, b) => a - b);

it('holds the numbers it was made of, and no others', () => {
  fc.assert(
    fc.property(anyNumbers, anyNumbers, (some, others) => {
      const ranges = merge([...rangesOf(rising(some)), ...rangesOf(rising(others))]);
      const all = new Set([...some, ...others]);
      for (let n = 0; n <= 62; n += 1) expect(includes(ranges, n)).toBe(all.has(n));
      // As few as can be: there is a number in none of them between any two.
      for (const [k, [first]] of ranges.entries()) {
        expect(first).toBeGreaterThan((ranges[k - 1]?.[1] ?? -1) + 1);
      }
    }),
  );
});
