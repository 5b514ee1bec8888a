import { describe, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { Bench } from './bench.ts';
import { sample } from './series.ts';
import { pathsOf, yearOf } from './store-late.ts';
import { naiveBuckets, rounded } from './store-model.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const KEPT = 35 * DAY;

/** A real hour: a server may hold a retention against its own clock. */
function thisHour(): number {
  return Math.floor(performance.timeOrigin / HOUR) * HOUR;
}

export function retentionContract(bench: Bench): void {
  describe('retention of raw readings', () => {
    it('keeps the year chart when raw readings are let go of, also when it is closed in between', async () => {
      const estate = bench.estate();
      const now = thisHour();
      const year = yearOf(estate, now - YEAR);
      await bench.store().write(year);
      const kept = await bench.reopen({ rawRetentionMs: KEPT });
      await kept.expire(now);
      await kept.expire(now);
      for (const point of pathsOf(estate)) {
        const own = year.filter((reading) => reading.point === point);
        const held = own.filter(({ at }) => at >= now - KEPT);
        expect(await kept.range(point, now - YEAR, now + DAY)).toEqual(held);
        expect((await kept.spans([point])).get(point)).toEqual({
          first: own[0]?.at,
          last: own.at(-1)?.at,
        });
        expect((await kept.latest([point])).get(point)).toEqual(own.at(-1));
      }
      await expectWholeHours(bench, year, now);
      await bench.reopen({ rawRetentionMs: KEPT });
      await expectWholeHours(bench, year, now);
      const reopened = await bench.reopen({ rawRetentionMs: null });
      await expectWholeHours(bench, year, now);
      await reopened.expire(now);
      await expectWholeHours(bench, year, now);
    });

    it('refuses by name what comes to an hour of which only the summary is left', async () => {
      const point = `${bench.estate()}/pool/ph`;
      const now = thisHour();
      // Later than what the test above has let go of.
      const old = sample(point, now - 20 * DAY, 7);
      const news = sample(point, now - DAY, 7.1);
      await bench.store().write([old, news]);
      const kept = await bench.reopen({ rawRetentionMs: 15 * DAY });
      await kept.expire(now);
      const late = sample(point, now - 20 * DAY + 1, 8);
      const result = await kept.write([late, news, sample(point, now - DAY + 1, 7.2)]);
      expect(result).toMatchObject({ written: 1, duplicates: 1, conflicts: [] });
      expect(result.refused).toMatchObject([{ reading: late, code: 'READINGS_STORE_EXPIRED' }]);
      const { buckets } = await kept.buckets(point, now - YEAR, now, 1);
      expect(buckets).toMatchObject([{ n: 3, max: 7.2 }]);
      await bench.reopen({ rawRetentionMs: null });
    });
  });
}

/** Charts whose edges lie between hours are the same as from all readings; others count an hour where it begins. */
async function expectWholeHours(
  bench: Bench,
  year: readonly Reading[],
  now: number,
): Promise<void> {
  const store = bench.store();
  for (const [point, own] of Map.groupBy(year, (reading) => reading.point)) {
    const chart = await store.buckets(point, now - YEAR, now, 730);
    expect(rounded(chart)).toEqual(rounded(naiveBuckets(own, point, now - YEAR, now, 730)));
    const [from, to] = [now - YEAR + HOUR / 2, now - KEPT - HOUR / 2];
    const placed = own.map((reading) => ({ ...reading, at: Math.floor(reading.at / HOUR) * HOUR }));
    const { buckets } = await store.buckets(point, from, to, 1_001);
    const counts = naiveBuckets(placed, point, from, to, 1_001).buckets.map(({ n }) => n);
    expect(buckets.map(({ n }) => n)).toEqual(counts);
  }
}
