import { expect, it } from 'vitest';
import type { Tx } from './database.ts';
import { sideBySide, together } from './together.ts';

const tx = {} as Tx;

function counted() {
  const asked: number[][] = [];
  const double = together(async (_: Tx, all: readonly number[]) => {
    asked.push([...all]);
    return all.map((one) => one * 2);
  });
  return { asked, double };
}

it('does a step for all that come to it at the same time, and gives each its own', async () => {
  const { asked, double } = counted();
  const results = await sideBySide(tx, [1, 2, 3], async (one) => double(tx, await double(tx, one)));
  expect(results).toEqual([4, 8, 12]);
  expect(asked).toEqual([
    [1, 2, 3],
    [2, 4, 6],
  ]);
});

it('does it at once for one that is alone, and after those who went side by side', async () => {
  const { asked, double } = counted();
  expect(await double(tx, 1)).toBe(2);
  await sideBySide(tx, [5], (one) => double(tx, one));
  expect(await double(tx, 7)).toBe(14);
  expect(asked).toEqual([[1], [5], [7]]);
});

it('ends when all have ended, with what went wrong first', async () => {
  const { double } = counted();
  const broken = together(async (_: Tx, all: readonly number[]) => {
    if (all.includes(2)) throw new Error('the server is gone');
    return all;
  });
  const done: number[] = [];
  const work = async (one: number) => {
    if (one > 1) await broken(tx, one);
    await double(tx, one);
    done.push(one);
  };
  await expect(sideBySide(tx, [1, 2, 3], work)).rejects.toThrow('the server is gone');
  expect(done).toEqual([1]);
  expect(await double(tx, 4)).toBe(8);
});
