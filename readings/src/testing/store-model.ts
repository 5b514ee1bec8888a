import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { Buckets, Conflict } from '../store.ts';
import { type Bench, collect, collectColumns, withoutStamp } from './bench.ts';
import { sample } from './series.ts';

const T = 1_800_000_000_000;
const PATHS = [
  'pool-a/ph',
  'pool-b/ph',
  'pool-a/temp_c',
  'street/laeq_db',
  'lift/mode',
  'lift/trapped',
];
const WORDS = ['normal', 'stopped', 'fire'];

/** Few points and instants, so that duplicates, conflicts and ties are common. */
const offers = fc.array(
  fc.record({ path: fc.nat(PATHS.length - 1), ms: fc.nat(40), level: fc.nat(2) }),
  { minLength: 1, maxLength: 60 },
);
const batchSizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

/** The same readings in any order, duplication and batching read as a naive model of them does. */
export function modelContract(bench: Bench, runs: number): void {
  it('agrees with a naive model, whatever the order, the repeats and the batches', async () => {
    const queries = fc.record({
      from: fc.nat(45),
      length: fc.integer({ min: 1, max: 45 }),
      count: fc.integer({ min: 1, max: 12 }),
      limit: fc.nat(15),
    });
    await fc.assert(
      fc.asyncProperty(offers, batchSizes, queries, async (given, sizes, query) => {
        const estate = bench.estate();
        const model = new Map<string, Reading>();
        const readings = given.map(({ path, ms, level }) => offer(estate, path, ms, level));
        for (const batch of batchesOf(readings, sizes)) {
          expect(await bench.store().write(batch)).toEqual(writeToModel(model, batch));
        }
        const held = [...model.values()].sort(inScanOrder);
        const range = { ...query, from: T + query.from, to: T + query.from + query.length };
        await compare(bench, estate, held, range);
      }),
      { numRuns: runs },
    );
  });
}

function offer(estate: string, path: number, ms: number, level: number): Reading {
  const name = PATHS[path] as string;
  const marks = { stamped: level !== 1, history: ms % 3 === 0, received: T + ms + level * 1_000 };
  const point = `${estate}/${name}`;
  if (name.endsWith('mode')) return sample(point, T + ms, WORDS[level] as string, marks);
  if (name.endsWith('trapped')) return sample(point, T + ms, level === 0, marks);
  return sample(point, T + ms, level * 12.3 - 7, marks);
}

function* batchesOf(readings: readonly Reading[], sizes: readonly number[]) {
  let from = 0;
  for (let i = 0; from < readings.length; i++) {
    const size = sizes[i % sizes.length] as number;
    yield readings.slice(from, from + size);
    from += size;
  }
}

function writeToModel(model: Map<string, Reading>, batch: readonly Reading[]) {
  let [written, duplicates] = [0, 0];
  const conflicts: Conflict[] = [];
  for (const offered of batch) {
    const key = `${offered.point}@${offered.at}`;
    const held = model.get(key);
    if (held === undefined) {
      model.set(key, offered);
      written += 1;
    } else if (held.value === offered.value) duplicates += 1;
    else conflicts.push({ offered, held: held.value });
  }
  return { written, duplicates, conflicts, refused: [] };
}

function inScanOrder(a: Reading, b: Reading): number {
  return a.at - b.at || (a.point < b.point ? -1 : 1);
}

interface Query {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly limit: number;
}

async function compare(
  bench: Bench,
  estate: string,
  held: readonly Reading[],
  { from, to, count, limit }: Query,
): Promise<void> {
  const store = bench.store();
  const points = PATHS.map((path) => `${estate}/${path}`);
  const within = held.filter(({ at }) => at >= from && at < to);
  expect(await collect(store.scan(from, to, points))).toEqual(within);
  const columns = collectColumns(store.scanColumns(from, to, points), points);
  expect(await columns).toEqual(within.map(withoutStamp));
  const latest = await store.latest(points);
  const spans = await store.spans(points);
  for (const point of points) {
    const all = held.filter((reading) => reading.point === point);
    const inRange = within.filter((reading) => reading.point === point);
    expect(latest.get(point)).toEqual(all.at(-1));
    const span = all[0] && { first: all[0].at, last: (all.at(-1) as Reading).at };
    expect(spans.get(point)).toEqual(span);
    expect(await store.range(point, from, to)).toEqual(inRange);
    expect(await store.range(point, from, to, limit)).toEqual(inRange.slice(0, limit));
    const buckets = await store.buckets(point, from, to, count);
    expect(rounded(buckets)).toEqual(rounded(naiveBuckets(inRange, point, from, to, count)));
  }
}

/** Means to nine digits: the order of a sum is the store's own affair. */
export function rounded(buckets: Buckets): unknown {
  return JSON.parse(
    JSON.stringify(buckets, (key, value) =>
      key === 'mean' && typeof value === 'number' ? Number(value.toFixed(9)) : value,
    ),
  );
}

/** Figures of one point's readings within [from, to), ascending, reckoned anew for each bucket. */
export function naiveBuckets(
  readings: readonly Reading[],
  point: string,
  from: number,
  to: number,
  count: number,
): Buckets {
  const edges = Array.from({ length: count + 1 }, (_, i) =>
    Math.floor(from + (i * (to - from)) / count),
  );
  const parts = edges.slice(0, -1).map((start, i) => {
    const end = edges[i + 1] as number;
    const part = readings.filter(({ at }) => at >= start && at < end);
    return { from: start, to: end, n: part.length, part };
  });
  const type = /mode|trapped/.test(point) ? 'state' : 'number';
  const sum = type === 'state' ? naiveStates : naiveNumbers(point.endsWith('_db'));
  const buckets = parts.map(({ part, ...stretch }) => ({ ...stretch, ...sum(part) }));
  return { type, buckets } as Buckets;
}

function naiveNumbers(energy: boolean) {
  return (part: readonly Reading[]) => {
    const least = part.toSorted((a, b) => (a.value as number) - (b.value as number))[0];
    const most = part.toSorted((a, b) => (b.value as number) - (a.value as number))[0];
    const last = part.at(-1);
    const numbers = part.map(({ value }) => (energy ? 10 ** (+value / 10) : +value));
    const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
    return {
      min: least?.value ?? null,
      minAt: least?.at ?? null,
      max: most?.value ?? null,
      maxAt: most?.at ?? null,
      mean: part.length === 0 ? null : energy ? 10 * Math.log10(mean) : mean,
      last: last?.value ?? null,
      lastAt: last?.at ?? null,
    };
  };
}

function naiveStates(part: readonly Reading[]) {
  const last = part.at(-1);
  const words = part.map(({ value }) => String(value));
  const share = (word: string) => words.filter((other) => other === word).length / words.length;
  return {
    shares: Object.fromEntries([...new Set(words)].map((word) => [word, share(word)])),
    last: last === undefined ? null : String(last.value),
    lastAt: last?.at ?? null,
  };
}
