import type { Reading, ReadingStore } from '@caretaker/readings';
import type { Engine, EpisodeChange, LateWork } from '@caretaker/standards/engine';
import { expect, it } from 'vitest';
import { drainAll, judge } from './judging.ts';

const reading = (asset: number, at: number): Reading => {
  const point = `court/lamp-${asset}/lux`;
  return { point, at, received: at, value: at, stamped: true, history: false };
};
const work: LateWork = { id: 1, points: ['court/lamp-0/lux'], from: 0, to: 9_999 };

it('judges a long frame in parts that leave the readings of an asset together and in order', async () => {
  const parts: (readonly Reading[])[] = [];
  const engine = {
    accept(part) {
      parts.push(part);
      return [];
    },
  } as Partial<Engine> as Engine;
  // Three hundred assets in turn, and one that says more than fits into a part.
  const frame = Array.from({ length: 3_000 }, (_, i) => reading(i % 300, i));
  const long = Array.from({ length: 1_500 }, (_, i) => reading(999, i));
  await judge(engine, {} as ReadingStore, [...frame, ...long]);
  expect(parts.map((part) => part.length)).toEqual([1_000, 1_000, 1_000, 1_500]);
  const at = new Map<string, number[]>();
  for (const [index, part] of parts.entries()) {
    for (const { point } of part) at.set(point, [...(at.get(point) ?? []), index]);
  }
  for (const indexes of at.values()) expect(new Set(indexes).size).toBe(1);
  for (const part of parts) {
    const last = new Map<string, number>();
    for (const { point, at: time } of part) {
      expect(time).toBeGreaterThan(last.get(point) ?? -1);
      last.set(point, time);
    }
  }
});

it('judges again in parts of which only the last says that the work is done', async () => {
  const handed: [first: number | undefined, length: number, more: boolean | undefined][] = [];
  const engine = {
    accept: () => [work],
    rejudge: (_work, part, more) => handed.push([part[0]?.at, part.length, more]),
  } as Partial<Engine> as Engine;
  const stored = Array.from({ length: 2_300 }, (_, i) => reading(0, i));
  const store = {
    async *scan(from: number, to: number) {
      expect([from, to]).toEqual([0, 10_000]);
      yield stored.slice(0, 1_700);
      yield stored.slice(1_700);
    },
  } as Partial<ReadingStore> as ReadingStore;
  await judge(engine, store, [reading(0, 5)]);
  expect(handed).toEqual([
    [0, 1_000, true],
    [1_000, 700, true],
    [1_700, 600, undefined],
  ]);
});

it('does the work also when the store has nothing of it', async () => {
  const handed: number[] = [];
  const engine = {
    accept: () => [work],
    rejudge: (_work, part) => handed.push(part.length),
  } as Partial<Engine> as Engine;
  const store = { async *scan() {} } as Partial<ReadingStore> as ReadingStore;
  await judge(engine, store, [reading(0, 5)]);
  expect(handed).toEqual([0]);
});

it('drains until everything is said', async () => {
  const said = ['a', 'b', 'c'].map((rule) => ({ was: { rule } }) as EpisodeChange);
  const left = [...said];
  const engine = {
    drain: () => left.splice(0, 1),
    get settled() {
      return left.length === 0;
    },
  } as Partial<Engine> as Engine;
  expect(await drainAll(engine)).toEqual(said);
});
