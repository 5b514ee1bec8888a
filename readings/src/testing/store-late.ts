import { describe, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../store.ts';
import type { Bench } from './bench.ts';
import { describeContractPoint, sample } from './series.ts';
import { naiveBuckets, rounded } from './store-model.ts';

const T = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const WORDS = ['normal', 'stopped', 'fire'];

/** A year of readings, a few a day at odd minutes, of points of every type. */
export function yearOf(estate: string, from: number): Reading[] {
  return pathsOf(estate).flatMap((point, p) =>
    Array.from({ length: 365 * 3 }, (_, i) =>
      sample(point, from + i * 8 * HOUR + ((i * 7_919 + p * 613) % 480) * MINUTE, worth(point, i)),
    ),
  );
}

export function pathsOf(estate: string): string[] {
  return ['pool/ph', 'street/laeq_db', 'lift/mode', 'lift/trapped'].map(
    (path) => `${estate}/${path}`,
  );
}

function worth(point: string, i: number): Reading['value'] {
  if (point.endsWith('mode')) return WORDS[(i * 7) % 3] as string;
  if (point.endsWith('trapped')) return i % 5 === 0;
  return ((i * 7_919) % 1_000) / 8 - 20;
}

/** Three days of readings every ten minutes that were held up, half an odd second off the others. */
function lateOf(estate: string, from: number): Reading[] {
  return pathsOf(estate).flatMap((point) =>
    Array.from({ length: 432 }, (_, i) =>
      sample(point, from + i * 10 * MINUTE + 501, worth(point, i + 3), {
        received: from + 9 * DAY,
      }),
    ),
  );
}

/** The charts of a year agree with what a naive reckoning makes of these readings. */
async function expectYear(
  store: ReadingStore,
  readings: readonly Reading[],
  from: number,
): Promise<void> {
  for (const [point, list] of Map.groupBy(readings, (reading) => reading.point)) {
    const held = list.toSorted((a, b) => a.at - b.at);
    const chart = await store.buckets(point, from, from + YEAR, 730);
    expect(rounded(chart)).toEqual(rounded(naiveBuckets(held, point, from, from + YEAR, 730)));
    // Edges that are in the middle of hours.
    const [odd, end] = [from + 17 * MINUTE + 1, from + YEAR - 3 * DAY];
    const other = await store.buckets(point, odd, end, 401);
    expect(rounded(other)).toEqual(rounded(naiveBuckets(held, point, odd, end, 401)));
  }
}

export function lateContract(bench: Bench): void {
  describe('late data and changes of type', () => {
    it('shows 72 hours that came after newer ones in the year chart, at once and after a restart', async () => {
      const estate = bench.estate();
      const year = yearOf(estate, T);
      const late = lateOf(estate, T + YEAR - 8 * DAY);
      expect((await bench.store().write(year)).written).toBe(year.length);
      await bench.store().expire(T + YEAR);
      await expectYear(bench.store(), year, T);
      expect((await bench.store().write(late)).written).toBe(late.length);
      const all = [...year, ...late];
      await expectYear(bench.store(), all, T);
      const reopened = await bench.reopen();
      await expectYear(reopened, all, T);
      await reopened.expire(T + YEAR);
      await expectYear(reopened, all, T);
      // Rolled up or not, each is known by its time and its value.
      const other = { ...(late[100] as Reading), value: 1 };
      expect(await reopened.write([...late, other])).toMatchObject({
        written: 0,
        duplicates: late.length,
        conflicts: [{ offered: other, held: late[100]?.value }],
      });
      await expectYear(reopened, all, T);
    });

    it('names exactly the readings whose type a point does not have, when a device changes it', async () => {
      const estate = bench.estate();
      const ph = `${estate}/pool/ph`;
      const numbers = [sample(ph, T, 7), sample(ph, T + 2, 7.2)];
      const others = [sample(ph, T + 1, 'seven'), sample(ph, T + 3, true)];
      const beside = sample(`${estate}/pool/temp_c`, T, 26);
      const batch = [numbers[0], others[0], numbers[1], beside, others[1]] as Reading[];
      const result = await bench.store().write(batch);
      expect(result).toMatchObject({ written: 3, duplicates: 0, conflicts: [] });
      const code = 'READINGS_STORE_TYPE';
      expect(result.refused).toMatchObject(others.map((reading) => ({ reading, code })));
      expect(await bench.store().range(ph, T, T + 10)).toEqual(numbers);
      expect(await bench.store().write(batch)).toMatchObject({ written: 0, duplicates: 3 });
    });

    it('keeps what it has when a point is declared to be of another type, and names what comes', async () => {
      const estate = bench.estate();
      const ph = `${estate}/pool/ph`;
      const number = sample(ph, T, 7);
      await bench.store().write([number]);
      const changed = await bench.reopen({
        describe(point) {
          const series = describeContractPoint(point);
          return series && (point === ph ? { ...series, type: 'state' } : series);
        },
      });
      const word = sample(ph, T + 1, 'seven');
      const beside = sample(`${estate}/pool/temp_c`, T, 26);
      const result = await changed.write([word, beside]);
      expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [] });
      expect(result.refused).toMatchObject([{ reading: word, code: 'READINGS_STORE_TYPE' }]);
      expect(await changed.range(ph, T, T + 10)).toEqual([number]);
      const back = await bench.reopen({ describe: describeContractPoint });
      expect(await back.range(ph, T, T + 10)).toEqual([number]);
    });
  });
}
