import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading, Series } from '../reading.ts';
import { HOUR } from '../store/rollup.ts';
import { byTime } from '../store/slices.ts';
import { stretchOf } from '../store/stretch.ts';
import { describeContractPoint, sample } from '../testing/index.ts';
import { naiveBuckets, rounded } from '../testing/store-model.ts';
import { chartOf } from './chart.ts';
import type { KeptRow } from './hourly.ts';
import { type KeptQuery, type RollupBackend, Rollups, type Turn } from './rollups.ts';

const T = 1_800_000_000_000;
const HOURS = 6;
const POINTS = ['e/pool/ph', 'e/street/laeq_db', 'e/lift/mode', 'e/lift/trapped'];
const atOnce: Turn = (work) => work();

/** What the rollups use of a database, in memory; it breaks when it is told to, before or after it did the work. */
class Memory implements RollupBackend {
  readonly raw = new Map<string, Reading>();
  readonly #rows = new Map<string, KeptRow>();
  /** Calls until it breaks. */
  breaksIn = Number.POSITIVE_INFINITY;
  breaksAfter = false;

  async #do<T>(work: () => T): Promise<T> {
    const breaks = this.breaksIn === 0;
    this.breaksIn -= 1;
    if (breaks && !this.breaksAfter) throw new Error('broken before');
    const done = work();
    if (breaks) throw new Error('broken after');
    return done;
  }

  async write(readings: readonly Reading[]): Promise<void> {
    await this.#do(() => {
      for (const one of readings) this.raw.set(`${one.point}@${one.at}`, one);
    });
  }

  async put(rows: readonly KeptRow[]): Promise<void> {
    await this.#do(() => {
      for (const row of rows) {
        const key = JSON.stringify([row.measurement, row.place, row.time]);
        const fields = { ...this.#rows.get(key)?.fields, ...row.fields };
        this.#rows.set(key, { ...row, fields });
      }
    });
  }

  async rows({ measurement, place, from, to, fields }: KeptQuery): Promise<KeptRow[]> {
    return [...this.#rows.values()]
      .filter((row) => row.measurement === measurement && row.time >= from && row.time < to)
      .filter((row) => place === null || row.place?.asset === place.asset)
      .map((row) => ({
        ...row,
        fields: Object.fromEntries(
          Object.entries(row.fields).filter(([name]) => fields.includes(name)),
        ),
      }))
      .sort((a, b) => a.time - b.time);
  }

  async forget(measurement: string, before: number): Promise<void> {
    await this.#do(() => {
      for (const [key, row] of this.#rows) {
        if (row.measurement === measurement && row.time < before) this.#rows.delete(key);
      }
    });
  }

  async *scan(from: number, to: number, points: readonly string[]) {
    const found = await this.#do(() => this.range(from, to, points));
    if (found.length > 0) yield found;
  }

  range(from: number, to: number, points: readonly string[]): Reading[] {
    return [...this.raw.values()]
      .filter(({ point, at }) => points.includes(point) && at >= from && at < to)
      .sort(byTime);
  }

  async keep(): Promise<void> {}
}

const offers = fc.array(
  fc.record({
    point: fc.nat(POINTS.length - 1),
    ms: fc.nat(HOURS * HOUR - 1),
    level: fc.nat(40),
  }),
  { minLength: 1, maxLength: 15 },
);
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ write: offers }) },
    { weight: 2, arbitrary: fc.record({ expire: fc.nat(HOURS) }) },
    fc.constant({ restart: true as const }),
  ),
  { minLength: 2, maxLength: 10 },
);
const breaks = fc.record({ step: fc.nat(9), calls: fc.nat(6), after: fc.boolean() });

function readingOf({ point, ms, level }: { point: number; ms: number; level: number }): Reading {
  const id = POINTS[point] as string;
  if (id.endsWith('mode')) return sample(id, T + ms, `word-${level % 3}`);
  if (id.endsWith('trapped')) return sample(id, T + ms, level % 2 === 0);
  return sample(id, T + ms, level / 8);
}

async function expectCharts(memory: Memory, rollups: Rollups): Promise<void> {
  for (const point of POINTS) {
    const series = describeContractPoint(point) as Series;
    for (const [from, to, count] of [
      [T, T + HOURS * HOUR, HOURS],
      [T + HOUR / 2, T + 5 * HOUR, 3],
    ] as const) {
      async function* read(start: number, end: number) {
        yield memory.range(start, end, [point]);
      }
      const chart = await chartOf(rollups, series, stretchOf(from, to, count), read);
      const all = memory.range(from, to, [point]);
      expect(rounded(chart)).toEqual(rounded(naiveBuckets(all, point, from, to, count)));
    }
  }
}

it('says what the readings say, whatever comes late, breaks in the middle and starts again', async () => {
  await fc.assert(
    fc.asyncProperty(steps, breaks, async (given, { step: broken, calls, after }) => {
      const memory = new Memory();
      let rollups = new Rollups(memory, describeContractPoint);
      await rollups.open();
      for (const [i, step] of given.entries()) {
        memory.breaksIn = i === broken ? calls : Number.POSITIVE_INFINITY;
        memory.breaksAfter = after;
        try {
          if ('write' in step) {
            const readings = step.write.map(readingOf);
            await rollups.mark(readings);
            // The first value stays.
            await memory.write(readings.filter((one) => !memory.raw.has(`${one.point}@${one.at}`)));
          } else if ('expire' in step) await rollups.expire(T + step.expire * HOUR, null, atOnce);
        } catch {
          // The process is gone with it.
          rollups = new Rollups(memory, describeContractPoint);
        }
        memory.breaksIn = Number.POSITIVE_INFINITY;
        if ('restart' in step || i === broken) {
          rollups = new Rollups(memory, describeContractPoint);
          await rollups.open();
        }
        await expectCharts(memory, rollups);
      }
    }),
    { numRuns: 200 },
  );
});

it('marks an hour once, and forgets the marks of what is rolled up', async () => {
  const memory = new Memory();
  const rollups = new Rollups(memory, describeContractPoint);
  await rollups.open();
  const marks = () =>
    memory.rows({ measurement: 'caretaker.stale', fields: ['hours'], place: null, from: 0, to: T });
  const [first, second] = [sample('e/pool/ph', T, 7), sample('e/pool/ph', T + 1, 7.1)];
  await rollups.mark([first]);
  await rollups.mark([second]);
  await memory.write([first, second]);
  expect(await marks()).toHaveLength(1);
  await rollups.expire(T, null, atOnce);
  expect(await marks()).toHaveLength(1);
  await rollups.expire(T + 2 * HOUR, null, atOnce);
  expect(await marks()).toEqual([]);
  await rollups.mark([second]);
  expect(await marks()).toHaveLength(1);
});
