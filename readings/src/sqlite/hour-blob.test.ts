import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR, rollupOf } from '../store/rollup.ts';
import { decodeHour, encodeHour, type HourRows } from './hour-blob.ts';
import { decodeRollup, encodeRollup } from './rollup-blob.ts';

const T = 1_800_000_000_000;

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x)),
  fc.integer({ min: -40_000, max: 40_000 }).map((n) => n / 100),
  fc.integer(),
  fc.constantFrom(0, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 2 ** 53, 0.1 + 0.2, 1e21),
);
const lag = fc.oneof(fc.nat(500), fc.integer({ min: -(2 ** 42), max: 2 ** 42 }));

/** Any hour a store can hold: instants that differ, one type of value. */
const hours = fc
  .record({
    instants: fc.uniqueArray(
      fc.oneof(
        fc.nat(HOUR - 1),
        fc.nat(119).map((n) => n * 30_000),
      ),
      { maxLength: 200 },
    ),
    lags: fc.array(lag, { minLength: 1, maxLength: 30 }),
    marks: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
    numbers: fc.array(number, { minLength: 1, maxLength: 40 }),
    words: fc.option(
      fc.uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
      { nil: null },
    ),
  })
  .map(({ instants, lags, marks, numbers, words }): HourRows => {
    const at = Float64Array.from(
      instants.toSorted((a, b) => a - b),
      (ms) => T + ms,
    );
    const each = (list: readonly number[]) =>
      Float64Array.from(at, (_, i) => list[i % list.length] as number);
    const value =
      words === null ? each(numbers) : Float64Array.from(at, (_, i) => i % words.length);
    return { length: at.length, at, lag: each(lags), marks: each(marks), value, words };
  });

it('gives every hour back as it was', () => {
  fc.assert(
    fc.property(hours, (rows) => {
      expect(decodeHour(T, encodeHour(T, rows))).toEqual(rows);
    }),
    { numRuns: 1_000 },
  );
});

it('notices any byte that changed, was lost or is too many', () => {
  const anywhere = fc.record({ place: fc.nat(), bit: fc.nat(7) });
  fc.assert(
    fc.property(hours, anywhere, (rows, { place, bit }) => {
      const bytes = encodeHour(T, rows);
      const code = expect.objectContaining({ code: 'READINGS_STORE_DAMAGED' });
      const flipped = bytes.slice();
      flipped[place % bytes.length] = (bytes[place % bytes.length] as number) ^ (1 << bit);
      expect(() => decodeHour(T, flipped)).toThrow(code);
      expect(() => decodeHour(T, bytes.subarray(0, place % bytes.length))).toThrow(code);
      expect(() => decodeHour(T, Uint8Array.of(...bytes, 0))).toThrow(code);
    }),
    { numRuns: 300 },
  );
});

it('does so with summaries', () => {
  fc.assert(
    fc.property(hours, fc.nat(), (rows, place) => {
      const readings = Array.from(rows.at.subarray(0, rows.length), (at, i) => ({
        at,
        value:
          rows.words === null
            ? (rows.value[i] as number)
            : (rows.words[i % rows.words.length] as string),
      }));
      const rollup = rollupOf(rows.words === null ? 'number' : 'state', readings);
      if (rollup === null) return;
      const bytes = encodeRollup(rollup);
      expect(decodeRollup(T, bytes)).toEqual(rollup);
      bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ 4;
      const code = expect.objectContaining({ code: 'READINGS_STORE_DAMAGED' });
      expect(() => decodeRollup(T, bytes)).toThrow(code);
    }),
  );
});

it('takes some four bytes a reading where a row of a table takes 26', () => {
  const n = 120;
  const at = Float64Array.from({ length: n }, (_, i) => T + i * 30_000 + ((i * 7) % 90));
  const value = Float64Array.from({ length: n }, (_, i) => (700 + ((i * 7_919) % 200)) / 100);
  const lag = Float64Array.from({ length: n }, (_, i) => 40 + (i % 50));
  const rows = { length: n, at, lag, marks: new Float64Array(n).fill(1), value, words: null };
  expect(encodeHour(T, rows).length).toBeLessThan(5 * n);
});
