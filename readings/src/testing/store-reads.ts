import { describe, expect, it } from 'vitest';
import { type Bench, collect, collectColumns, withoutStamp } from './bench.ts';
import { sample } from './series.ts';

const T = 1_800_000_000_000;
const HOUR = 3_600_000;

export function readContract(bench: Bench): void {
  describe('read', () => {
    describeLatest(bench);
    describeRange(bench);
    describeLongRange(bench);
    describeNumberBuckets(bench);
    describeStateBuckets(bench);
    describeScan(bench);
    describeScanColumns(bench);
    describeReopen(bench);
  });
}

function describeLatest(bench: Bench): void {
  it('knows the newest and the span of each point, by time and not by arrival', async () => {
    const estate = bench.estate();
    const [ph, mode, silent] = [
      `${estate}/pool/ph`,
      `${estate}/lift/mode`,
      `${estate}/pool/temp_c`,
    ];
    const newest = sample(ph, T + 5, 7.5);
    await bench.store().write([newest, sample(ph, T - HOUR, 7.1), sample(mode, T, 'normal')]);
    await bench.store().write([sample(ph, T + 4, 7.4)]);

    const latest = await bench.store().latest([ph, mode, silent]);
    expect(latest).toEqual(
      new Map([
        [ph, newest],
        [mode, sample(mode, T, 'normal')],
      ]),
    );
    expect(await bench.store().spans([ph, mode, silent])).toEqual(
      new Map([
        [ph, { first: T - HOUR, last: T + 5 }],
        [mode, { first: T, last: T }],
      ]),
    );
    expect((await bench.store().latest()).get(ph)).toEqual(newest);
    expect((await bench.store().spans()).get(ph)).toEqual({ first: T - HOUR, last: T + 5 });
    expect((await bench.store().latest()).has(silent)).toBe(false);
  });
}

function describeRange(bench: Bench): void {
  it('takes the readings from `from` on and before `to`, at most `limit`, ascending', async () => {
    const estate = bench.estate();
    const point = `${estate}/pool/ph`;
    const values = (readings: readonly { value: unknown }[]) => readings.map((r) => r.value);
    const readings = [30, 10, 20, 40].map((ms) => sample(point, T + ms, ms));
    await bench.store().write([...readings, sample(`${estate}/pool/temp_c`, T + 20, 99)]);
    const store = bench.store();
    expect(values(await store.range(point, T + 10, T + 40))).toEqual([10, 20, 30]);
    expect(values(await store.range(point, T + 11, T + 41))).toEqual([20, 30, 40]);
    expect(values(await store.range(point, T, T + 100, 3))).toEqual([10, 20, 30]);
    expect(values(await store.range(point, T, T + 100, 0))).toEqual([]);
    expect(values(await store.range(point, T + 41, T + 100))).toEqual([]);
    expect(values(await store.range(point, T + 20, T + 20))).toEqual([]);
  });
}

function describeLongRange(bench: Bench): void {
  it('reads and sums up more readings than one answer carries, each once', async () => {
    const point = `${bench.estate()}/pool/ph`;
    const readings = Array.from({ length: 22_000 }, (_, i) => sample(point, T + i, i % 100));
    await bench.store().write(readings);
    expect(await bench.store().range(point, T, T + HOUR)).toEqual(readings);
    const most = await bench.store().range(point, T + 10, T + HOUR, 21_000);
    expect(most).toEqual(readings.slice(10, 21_010));
    const { buckets } = await bench.store().buckets(point, T, T + 22_000, 2);
    expect(buckets.map(({ n }) => n)).toEqual([11_000, 11_000]);
  });
}

function describeNumberBuckets(bench: Bench): void {
  it('sums up equal stretches of time, empty ones included', async () => {
    const point = `${bench.estate()}/pool/ph`;
    const values: [number, number][] = [
      [-1, 99],
      [0, 7],
      [10, 8],
      [20, 6],
      [33, 6],
      [66, 5],
      [100, 99],
    ];
    await bench.store().write(values.map(([ms, value]) => sample(point, T + ms, value)));
    const none = { min: null, minAt: null, max: null, maxAt: null, mean: null, last: null };
    expect(await bench.store().buckets(point, T, T + 100, 4)).toEqual({
      type: 'number',
      buckets: [
        {
          from: T,
          to: T + 25,
          n: 3,
          min: 6,
          minAt: T + 20,
          max: 8,
          maxAt: T + 10,
          mean: 7,
          last: 6,
          lastAt: T + 20,
        },
        {
          from: T + 25,
          to: T + 50,
          n: 1,
          min: 6,
          minAt: T + 33,
          max: 6,
          maxAt: T + 33,
          mean: 6,
          last: 6,
          lastAt: T + 33,
        },
        expect.objectContaining({ from: T + 50, to: T + 75, n: 1, mean: 5 }),
        { from: T + 75, to: T + 100, n: 0, ...none, lastAt: null },
      ],
    });
  });

  it('averages sound by energy', async () => {
    const point = `${bench.estate()}/street/laeq_db`;
    const levels = [40, 70, 55.5, 61.2];
    await bench.store().write(levels.map((level, i) => sample(point, T + i, level)));
    const summary = await bench.store().buckets(point, T, T + 10, 1);
    const energy = levels.reduce((sum, level) => sum + 10 ** (level / 10), 0) / levels.length;
    expect(summary.type === 'number' && summary.buckets[0]?.mean).toBeCloseTo(
      10 * Math.log10(energy),
      9,
    );
  });

  it('refuses stretches that are none', async () => {
    const point = `${bench.estate()}/pool/ph`;
    const code = 'READINGS_STORE_RANGE';
    await expect(bench.store().buckets(point, T, T, 1)).rejects.toMatchObject({ code });
    await expect(bench.store().buckets(point, T, T + 1, 0)).rejects.toMatchObject({ code });
    await expect(bench.store().buckets(point, T, T + 1, 1e9)).rejects.toMatchObject({ code });
  });
}

function describeStateBuckets(bench: Bench): void {
  it('gives the share of each state and flag', async () => {
    const estate = bench.estate();
    const words = ['normal', 'normal', 'stopped', '__proto__'];
    await bench
      .store()
      .write([
        ...words.map((word, i) => sample(`${estate}/lift/mode`, T + i, word)),
        sample(`${estate}/lift/trapped`, T, false),
        sample(`${estate}/lift/trapped`, T + 1, true),
      ]);
    const modes = await bench.store().buckets(`${estate}/lift/mode`, T, T + 8, 2);
    const shares = Object.fromEntries([
      ['normal', 0.5],
      ['stopped', 0.25],
      ['__proto__', 0.25],
    ]);
    expect(modes).toEqual({
      type: 'state',
      buckets: [
        { from: T, to: T + 4, n: 4, shares, last: '__proto__', lastAt: T + 3 },
        { from: T + 4, to: T + 8, n: 0, shares: {}, last: null, lastAt: null },
      ],
    });
    expect(await bench.store().buckets(`${estate}/lift/trapped`, T, T + 2, 1)).toMatchObject({
      type: 'state',
      buckets: [{ n: 2, shares: { true: 0.5, false: 0.5 }, last: 'true', lastAt: T + 1 }],
    });
  });
}

function describeScan(bench: Bench): void {
  it('goes through 20,000 readings in time order, ties by point id, across batches', async () => {
    const estate = bench.estate();
    const points = ['pool-b/ph', 'lift-a/floor', 'pool-a/ph', 'pool-a/temp_c'].map(
      (path) => `${estate}/${path}`,
    );
    const readings = Array.from({ length: 20_000 }, (_, i) =>
      sample(points[i % 4] as string, T + Math.floor(i / 4), i),
    );
    expect((await bench.store().write(readings)).written).toBe(20_000);
    const batches = await Array.fromAsync(bench.store().scan(0, T + HOUR, points));
    expect(batches.length).toBeGreaterThan(1);
    const sorted = readings.toSorted((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
    expect(batches.flat()).toEqual(sorted);
  });

  it('crosses months of nothing, keeps to its bounds and to its points', async () => {
    const estate = bench.estate();
    const [ph, mode] = [`${estate}/pool/ph`, `${estate}/lift/mode`];
    const times = [0, 1, 90 * 24 * HOUR, 91 * 24 * HOUR, 300 * 24 * HOUR];
    await bench
      .store()
      .write([
        ...times.map((ms) => sample(ph, T + ms, ms)),
        ...times.map((ms) => sample(mode, T + ms, 'normal')),
      ]);
    const scanned = await collect(
      bench.store().scan(T + 1, T + 300 * 24 * HOUR, [ph, ph, 'a/b/c']),
    );
    expect(scanned.map(({ point, at }) => [point, at - T])).toEqual([
      [ph, 1],
      [ph, 90 * 24 * HOUR],
      [ph, 91 * 24 * HOUR],
    ]);
    expect(await collect(bench.store().scan(T, T + 1, []))).toEqual([]);
    const all = await collect(bench.store().scan(T, T + 1));
    expect(all.filter(({ point }) => point.startsWith(`${estate}/`))).toEqual([
      sample(mode, T, 'normal'),
      sample(ph, T, 0),
    ]);
  });
}

function describeScanColumns(bench: Bench): void {
  it('brings the same as columns, in the same order, however dense the readings lie', async () => {
    const estate = bench.estate();
    const points = ['pool-b/ph', 'lift-a/mode', 'lift-a/trapped', 'pool-a/ph'].map(
      (path) => `${estate}/${path}`,
    );
    const values = [(i: number) => i / 8, () => 'normal', (i: number) => i % 8 === 0, () => -1.5];
    const at = (i: number) => T + (i < 40_000 ? Math.floor(i / 4) : i * HOUR * 24);
    const readings = Array.from({ length: 40_008 }, (_, i) =>
      sample(points[i % 4] as string, at(i), values[i % 4]?.(i) ?? 0, { history: i % 3 === 0 }),
    );
    await bench.store().write([...readings, sample(`${estate}/pool-a/temp_c`, T, 20)]);
    const sorted = readings.toSorted((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
    const scan = () => bench.store().scanColumns(T, Number.MAX_SAFE_INTEGER, points);
    expect(await collectColumns(scan(), points)).toEqual(sorted.map(withoutStamp));
    // Two scans beside each other keep their own words.
    const [some, all] = await Promise.all([
      collectColumns(bench.store().scanColumns(T + 1, T + 3, points.slice(0, 2)), points),
      collectColumns(scan(), points),
    ]);
    expect(all).toHaveLength(sorted.length);
    expect(some.map(({ value }) => value)).toEqual(['normal', 0.5 * 1, 'normal', 1]);
  });

  it('has nothing to bring of points without readings', async () => {
    const points = [`${bench.estate()}/pool/ph`];
    expect(await collectColumns(bench.store().scanColumns(0, T, points), points)).toEqual([]);
    expect(await collectColumns(bench.store().scanColumns(0, T, []), [])).toEqual([]);
  });
}

function describeReopen(bench: Bench): void {
  it('keeps everything when it is stopped and started again', async () => {
    const estate = bench.estate();
    const readings = [
      sample(`${estate}/pool/ph`, T, 7.25),
      sample(`${estate}/lift/trapped`, T, true, { stamped: false }),
    ];
    await bench.store().write(readings);
    const before = await bench.store().spans();
    const reopened = await bench.reopen();
    expect(await reopened.spans()).toEqual(before);
    expect(await reopened.write(readings)).toMatchObject({ written: 0, duplicates: 2 });
    const offered = sample(`${estate}/lift/trapped`, T, false);
    expect((await reopened.write([offered])).conflicts).toEqual([{ offered, held: true }]);
    expect(
      await collect(
        reopened.scan(
          T,
          T + 1,
          readings.map((r) => r.point),
        ),
      ),
    ).toEqual(readings.toReversed());
  });
}
