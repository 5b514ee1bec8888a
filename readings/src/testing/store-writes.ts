import { describe, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { Bench } from './bench.ts';
import { sample } from './series.ts';

const T = 1_800_000_000_000;

export function writeContract(bench: Bench): void {
  describe('write', () => {
    describeRoundTrip(bench);
    describeIdentity(bench);
    describeRefusals(bench);
  });
}

function describeRoundTrip(bench: Bench): void {
  it('gives back every type of value, with times and marks', async () => {
    const estate = bench.estate();
    const readings = [
      sample(`${estate}/pool/ph`, T, 7.25),
      sample(`${estate}/lift/mode`, T, 'normal', { received: T - 90_000 }),
      sample(`${estate}/lift/trapped`, T, false, { stamped: false }),
      sample(`${estate}/lift/trapped`, T + 1, true, { history: true, received: T + 86_400_000 }),
      sample(`${estate}/lift/floor`, T, 1, { stamped: false, history: true }),
    ];
    const result = await bench.store().write(readings);
    expect(result).toEqual({ written: 5, duplicates: 0, conflicts: [], refused: [] });
    for (const point of new Set(readings.map((reading) => reading.point))) {
      const held = await bench.store().range(point, T, T + 10);
      expect(held).toEqual(readings.filter((reading) => reading.point === point));
    }
  });

  it.each([
    ['numbers', 'pool/ph', [5e-324, -1.7976931348623157e308, 0.1 + 0.2, 1e21, -273.15, 123456789]],
    [
      'words',
      'lift/mode',
      ['', 'a b', '"quoted", \\ back\\', 'naïve 停', 'line\nbreak', "it's=,x", '😀'],
    ],
  ] as const)('keeps %s exactly', async (_, path, values) => {
    const point = `${bench.estate()}/${path}`;
    const readings = values.map((value, i) => sample(point, T + i, value));
    await bench.store().write(readings);
    expect(await bench.store().range(point, T, T + 100)).toStrictEqual(readings);
  });

  it('keeps −0 as 0', async () => {
    const point = `${bench.estate()}/pool/ph`;
    await bench.store().write([sample(point, T, -0)]);
    expect((await bench.store().range(point, T, T + 1))[0]?.value).toBe(0);
    expect(await bench.store().write([sample(point, T, -0)])).toMatchObject({ duplicates: 1 });
  });

  it('takes nothing at all', async () => {
    const nothing = { written: 0, duplicates: 0, conflicts: [], refused: [] };
    expect(await bench.store().write([])).toEqual(nothing);
  });
}

function describeIdentity(bench: Bench): void {
  it('changes nothing when the same readings are written again', async () => {
    const estate = bench.estate();
    const readings = Array.from({ length: 300 }, (_, i) =>
      sample(`${estate}/pool-${i % 3}/ph`, T + i, i / 10),
    );
    await bench.store().write(readings);
    // What is the same is the value: the gateway may have stamped `received` a second time.
    const again = readings.map((reading) => ({ ...reading, received: reading.received + 500 }));
    const result = await bench.store().write(again.reverse());
    expect(result).toEqual({ written: 0, duplicates: 300, conflicts: [], refused: [] });
    const held = await bench.store().range(`${estate}/pool-1/ph`, T, T + 1_000);
    expect(held).toEqual(readings.filter((reading) => reading.point === `${estate}/pool-1/ph`));
  });

  it('keeps the first value and gives another one back as a conflict', async () => {
    const point = `${bench.estate()}/pool/ph`;
    await bench.store().write([sample(point, T, 7), sample(point, T + 1, 7.1)]);
    const offered = sample(point, T, 8);
    const result = await bench.store().write([sample(point, T + 2, 7.2), offered]);
    expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [{ offered, held: 7 }] });
    const held = await bench.store().range(point, T, T + 10);
    expect(held.map(({ value }) => value)).toEqual([7, 7.1, 7.2]);
  });

  it('does so within one write, for every type', async () => {
    const estate = bench.estate();
    const mode = sample(`${estate}/lift/mode`, T, 'normal');
    const trapped = sample(`${estate}/lift/trapped`, T, false);
    const otherMode = { ...mode, value: 'stopped' };
    const otherTrapped = { ...trapped, value: true };
    const readings = [mode, otherMode, trapped, mode, otherTrapped];
    expect(await bench.store().write(readings)).toEqual({
      written: 2,
      duplicates: 1,
      conflicts: [
        { offered: otherMode, held: 'normal' },
        { offered: otherTrapped, held: false },
      ],
      refused: [],
    });
  });

  it('tells the same asset of two estates apart', async () => {
    const [a, b] = [bench.estate(), bench.estate()];
    await bench.store().write([sample(`${a}/pool/ph`, T, 7), sample(`${b}/pool/ph`, T, 8)]);
    expect((await bench.store().range(`${a}/pool/ph`, T, T + 1)).map((r) => r.value)).toEqual([7]);
    expect((await bench.store().range(`${b}/pool/ph`, T, T + 1)).map((r) => r.value)).toEqual([8]);
  });

  it('serves writes that overlap in time as if one came after the other', async () => {
    const point = `${bench.estate()}/pool/ph`;
    const readings = Array.from({ length: 50 }, (_, i) => sample(point, T + i, i));
    const results = await Promise.all([1, 2, 3, 4].map(() => bench.store().write(readings)));
    expect(results.reduce((sum, { written }) => sum + written, 0)).toBe(50);
    expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(150);
  });
}

function describeRefusals(bench: Bench): void {
  const cases: [string, string, (estate: string) => Partial<Reading>][] = [
    ['a point no estate declares', 'READINGS_STORE_UNKNOWN_POINT', (e) => ({ point: `${e}/x/y` })],
    ['a word for a number', 'READINGS_STORE_TYPE', () => ({ value: 'seven' })],
    ['a flag for a number', 'READINGS_STORE_TYPE', () => ({ value: true })],
    ['not a number', 'READINGS_STORE_VALUE', () => ({ value: Number.NaN })],
    ['infinity', 'READINGS_STORE_VALUE', () => ({ value: Number.POSITIVE_INFINITY })],
    ['half a millisecond', 'READINGS_STORE_VALUE', () => ({ at: T + 0.5 })],
    ['a time in nanoseconds', 'READINGS_STORE_VALUE', () => ({ at: T * 1e6 })],
  ];
  it.each(cases)('refuses %s by name and keeps the rest of that write', async (_, code, part) => {
    const estate = bench.estate();
    const good = [0, 2].map((ms) => sample(`${estate}/pool/ph`, T + ms, 7));
    const bad = { ...sample(`${estate}/pool/ph`, T + 1, 7), ...part(estate) };
    const [first, last] = good as [Reading, Reading];
    const result = await bench.store().write([first, bad, last]);
    expect(result).toMatchObject({ written: 2, duplicates: 0, conflicts: [] });
    expect(result.refused).toEqual([{ reading: bad, code, message: expect.any(String) }]);
    expect(await bench.store().range(first.point, 0, T + 10)).toEqual(good);
  });

  it('refuses to look into a point no estate declares', async () => {
    const code = 'READINGS_STORE_UNKNOWN_POINT';
    await expect(bench.store().range('a/b/c', 0, 1)).rejects.toMatchObject({ code });
    await expect(bench.store().buckets('a/b/c', 0, 1, 1)).rejects.toMatchObject({ code });
    expect((await bench.store().latest(['a/b/c'])).size).toBe(0);
    expect((await bench.store().spans(['a/b/c'])).size).toBe(0);
  });
}
