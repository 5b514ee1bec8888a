import { expect, it } from 'vitest';
import { ColumnSorter, scanColumnsBySlices } from './columns.ts';

const hour = 3_600_000;

/** A source over instants that refuses slices of more than `most`, and counts what it is asked. */
function sourceOf(instants: readonly number[], most: number) {
  const sorter = new ColumnSorter();
  const source = {
    asked: 0,
    async next(from: number) {
      source.asked += 1;
      return instants.find((at) => at >= from) ?? null;
    },
    async slice(from: number, to: number) {
      source.asked += 1;
      const within = instants.filter((at) => at >= from && at < to);
      if (within.length > most && to - from > 1) return null;
      sorter.clear();
      for (const at of within.toReversed()) sorter.add(0, at, at + 7, at / 8, 0);
      return sorter.sorted(from);
    },
  };
  return source;
}

async function instantsOf(batches: ReturnType<typeof scanColumnsBySlices>): Promise<number[]> {
  const all: number[] = [];
  for await (const { length, at } of batches) all.push(...at.subarray(0, length));
  return all;
}

it('makes its slices shorter where the readings lie too dense, and goes through all of them', async () => {
  const instants = Array.from({ length: 3_000 }, (_, i) => i * 3);
  const source = sourceOf(instants, 100);
  expect(await instantsOf(scanColumnsBySlices(0, hour, source))).toEqual(instants);
});

it('leaps over years of nothing', async () => {
  const instants = [5, 10 * 365 * 24 * hour, 20 * 365 * 24 * hour];
  const source = sourceOf(instants, 100);
  const all = await instantsOf(scanColumnsBySlices(0, Number.MAX_SAFE_INTEGER, source));
  expect(all).toEqual(instants);
  expect(source.asked).toBeLessThan(100);
});

it('sorts by every bit of a slice of weeks, and keeps the order of equals', () => {
  const sorter = new ColumnSorter();
  const weeks = 2 ** 31 - 1;
  const instants = [weeks, 0, 2 ** 30, 1, 2 ** 22, 1, 0, 2 ** 11, weeks].map((at) => at + 1e12);
  for (const [point, at] of instants.entries()) sorter.add(point, at, at, `word-${at}`, point % 2);
  const { length, at, point, value, words, history } = sorter.sorted(1e12);
  expect([...at.subarray(0, length)]).toEqual(instants.toSorted((a, b) => a - b));
  expect([...point.subarray(0, length)]).toEqual([1, 6, 3, 5, 7, 4, 2, 0, 8]);
  expect([...history.subarray(0, 3)]).toEqual([1, 0, 1]);
  expect(Array.from(value.subarray(0, length), (code) => words[code])).toEqual(
    Array.from(at.subarray(0, length), (instant) => `word-${instant}`),
  );
});

it('grows with its rows', () => {
  const sorter = new ColumnSorter();
  const n = 100_000;
  for (let k = 0; k < n; k += 1) sorter.add(0, n - k, n, k, 0);
  const { at, value } = sorter.sorted(1);
  expect([at[0], at[n - 1], value[0]]).toEqual([1, n, n - 1]);
});
