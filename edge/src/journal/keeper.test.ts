import type { Reading, ReadingValue } from '@caretaker/readings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keeper, windowsMs } from './keeper.ts';

const minute = 60_000;

function told(point: string, at: number, value: ReadingValue): Reading {
  return { point, at, value, received: at, stamped: true, history: false };
}

async function keptOf(
  stage: number,
  readings: readonly Reading[],
  silentAfter = Infinity,
): Promise<Reading[]> {
  const keeper = new Keeper(stage, () => silentAfter);
  for (const [i, reading] of readings.entries()) keeper.add(i, reading);
  const kept = await keeper.kept(async () => {});
  return readings.filter((_, i) => kept.has(i));
}

describe('what stays', () => {
  it('of a number: the first, the last, the least and the greatest of ten minutes', async () => {
    const values = [5, 4, 1, 3, 9, 2, 6, 5];
    const readings = values.map((value, i) => told('a/n', i * minute, value));
    expect((await keptOf(1, readings)).map(({ value }) => value)).toEqual([5, 1, 9, 5]);
    const later = readings.map((one) => ({ ...one, at: one.at + 10 * minute }));
    expect(await keptOf(1, [...readings, ...later])).toHaveLength(8);
    // One hour has both.
    expect((await keptOf(2, [...readings, ...later])).map(({ value }) => value)).toEqual([
      5, 1, 9, 5,
    ]);
  });

  it('of a state: both ends of each run, and a word from each window', async () => {
    const words = ['shut', 'shut', 'shut', 'open', 'open', 'open', 'shut', 'shut'];
    const readings = words.map((word, i) => told('a/s', i * minute, word));
    expect((await keptOf(1, readings)).map(({ at }) => at / minute)).toEqual([0, 2, 3, 5, 6, 7]);
    const still = [1, 2, 12, 13, 22].map((m) => told('a/s', m * minute, 'shut'));
    expect((await keptOf(1, still)).map(({ at }) => at / minute)).toEqual([1, 12, 22]);
  });

  it('of flags: all, until nothing else can go', async () => {
    const flags = [false, false, false, true, false].map((on, i) => told('a/f', i, on));
    for (const stage of [1, 2, 3]) expect(await keptOf(stage, flags)).toEqual(flags);
    expect((await keptOf(4, flags)).map(({ at }) => at)).toEqual([0, 2, 3, 4]);
  });
});

const readings = fc.array(
  fc
    .record({
      point: fc.constantFrom('a/n', 'b/n', 'a/s'),
      at: fc.nat(3 * 24 * 60).map((m) => m * minute),
      n: fc.integer({ min: -5, max: 5 }),
    })
    .map(({ point, at, n }) => told(point, at, point === 'a/s' ? ['x', 'y'][n & 1]! : n)),
  { maxLength: 200 },
);

/** Values of a point in order of time, repeats left out. */
function turns(all: readonly Reading[]): ReadingValue[] {
  return all
    .filter(({ point }) => point === 'a/s')
    .map((one, i) => ({ ...one, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ value }) => value)
    .filter((value, i, values) => value !== values[i - 1]);
}

function figures(all: readonly Reading[], window: number) {
  const groups = Map.groupBy(
    all.filter(({ value }) => typeof value === 'number'),
    ({ point, at }) => `${point} ${Math.floor(at / window)}`,
  );
  return [...groups].sort().map(([key, some]) => {
    const values = some.map(({ value }) => value as number);
    const times = some.map(({ at }) => at);
    return [key, Math.min(...values), Math.max(...values), Math.min(...times), Math.max(...times)];
  });
}

it('keeps every extreme and every change, also step after step, and in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(readings, fc.nat(200), async (all, cut) => {
      let left = all;
      for (const [i, window] of windowsMs.entries()) {
        const keep = (some: readonly Reading[]) => keptOf(i + 1, some, 3 * minute);
        const whole = await keep(left);
        expect(figures(whole, window)).toEqual(figures(all, window));
        expect(turns(whole)).toEqual(turns(all));
        // Thinned again it is the same: a crash between two segments does no harm.
        expect(await keep(whole)).toEqual(whole);
        const some = new Set(whole);
        const half = left.filter((one, at) => at >= cut || some.has(one));
        expect(await keep(half)).toEqual(whole);
        left = whole;
      }
    }),
    { numRuns: 300 },
  );
});

it('lets no point seem silent in the first step that was not', async () => {
  const limit = 90_000;
  const often = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: -3, max: 3 })), {
      maxLength: 200,
    })
    .map((steps) => {
      let at = 0;
      return steps.map(([seconds, value]) => {
        at += seconds * 1_000;
        return told('a/n', at, value);
      });
    });
  const silences = (all: readonly Reading[]) =>
    all.slice(1).flatMap(({ at }, i) => {
      const before = all[i]?.at ?? 0;
      return at - before > limit ? [[before, at]] : [];
    });
  await fc.assert(
    fc.asyncProperty(often, async (all) => {
      expect(silences(await keptOf(1, all, limit))).toEqual(silences(all));
    }),
  );
  // Every 30 s for an hour: 4 of 20 stay for the figures, and some between them.
  const steady = Array.from({ length: 120 }, (_, n) => told('a/n', n * 30_000, Math.sin(n)));
  expect((await keptOf(1, steady, limit)).length).toBeLessThan(70);
  expect((await keptOf(2, steady, limit)).length).toBe(4);
});
