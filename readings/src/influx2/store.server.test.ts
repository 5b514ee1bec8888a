import { randomUUID } from 'node:crypto';
import { InfluxDB } from '@influxdata/influxdb-client';
import { BucketsAPI } from '@influxdata/influxdb-client-apis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ReadingStore } from '../store.ts';
import {
  breakableLine,
  describeContractPoint,
  type Reopening,
  readingStoreContract,
  sample,
} from '../testing/index.ts';
import { createInflux2Readings, type Influx2Options } from './index.ts';

const server = inject('influx2');
const T = 1_800_000_000_000;
const DAY = 86_400_000;

describe.skipIf(server === null)('with a real InfluxDB 2.x', () => {
  const { url, token, organisation } = server ?? { url: '', token: '', organisation: '' };

  function newBucket(): string {
    return `readings_${randomUUID().replaceAll('-', '')}`;
  }

  async function dropBuckets(name: string): Promise<void> {
    const api = new BucketsAPI(new InfluxDB({ url, token }));
    const { buckets = [] } = await api.getBuckets({ org: organisation, limit: 100 });
    for (const { id, name: found } of buckets) {
      if (id !== undefined && found.startsWith(name)) await api.deleteBucketsID({ bucketID: id });
    }
  }

  readingStoreContract(
    'InfluxDB 2.x readings',
    async () => {
      const bucket = newBucket();
      let options: Reopening = { rawRetentionMs: null };
      const make = async () => {
        const settings = { url, token, organisation, bucket };
        const describe = options.describe ?? describeContractPoint;
        const store = createInflux2Readings({ ...settings, ...options, describe });
        await store.start();
        return store;
      };
      let store = await make();
      return {
        store,
        async reopen(change) {
          await store.stop();
          options = { ...options, ...change };
          store = await make();
          return store;
        },
        async dispose() {
          await store.stop();
          await dropBuckets(bucket);
        },
      };
    },
    { runs: 20 },
  );

  describe('a bucket of its own', () => {
    let bucket: string;
    let stores: ReadingStore[];

    beforeEach(() => {
      bucket = newBucket();
      stores = [];
    });
    afterEach(async () => {
      for (const store of stores) await store.stop();
      await dropBuckets(bucket);
    });

    async function open(more: Partial<Influx2Options> = {}): Promise<ReadingStore> {
      const settings = { url, token, organisation, bucket, describe: describeContractPoint };
      const store = createInflux2Readings({ ...settings, ...more });
      stores.push(store);
      await store.start();
      return store;
    }

    /** Rows as any other program reads them. */
    async function rows(query: string) {
      const api = new InfluxDB({ url, token }).getQueryApi(organisation);
      return await api.collectRows<Record<string, unknown>>(`from(bucket: "${bucket}") ${query}`);
    }

    async function retentionOf(name: string): Promise<number | undefined> {
      const api = new BucketsAPI(new InfluxDB({ url, token }));
      const { buckets = [] } = await api.getBuckets({ org: organisation, name });
      return buckets[0]?.retentionRules[0]?.everySeconds;
    }

    it('lays readings out as other programs are told', async () => {
      const store = await open();
      await store.write([
        sample('demo/pool/ph', T, 7.2),
        sample('demo/pool/temp_c', T, 26, { stamped: false, history: true }),
        sample('demo/lift/mode', T, 'normal'),
      ]);
      const all = await rows('|> range(start: 2027-01-01T00:00:00Z, stop: 2028-01-01T00:00:00Z)');
      const told = all.map((row) => [
        row._measurement,
        row.estate,
        row.asset,
        row._field,
        row._value,
      ]);
      expect(told.sort()).toEqual([
        ['lift', 'demo', 'lift', 'mode', 'normal'],
        ['lift', 'demo', 'lift', 'mode.received', T + 40],
        ['pool', 'demo', 'pool', 'ph', 7.2],
        ['pool', 'demo', 'pool', 'ph.received', T + 40],
        ['pool', 'demo', 'pool', 'temp_c', 26],
        ['pool', 'demo', 'pool', 'temp_c.history', true],
        ['pool', 'demo', 'pool', 'temp_c.received', T + 40],
        ['pool', 'demo', 'pool', 'temp_c.stamped', false],
      ]);
    });

    it('names exactly the readings that the server will not keep, when it finds out during the write', async () => {
      const store = await open();
      await store.write([sample('demo/pool/temp_c', T, 26)]);
      // Somebody else's point: our store does not look at the types again.
      const intruder = new InfluxDB({ url, token }).getWriteApi(organisation, bucket, 'ms');
      intruder.writeRecord(`pool ph="seven" ${T}`);
      await intruder.close();
      const [ph, later] = [sample('demo/pool/ph', T + 1, 7), sample('demo/pool/ph', T + 2, 8)];
      const result = await store.write([ph, sample('demo/pool/temp_c', T + 1, 27), later]);
      const code = 'READINGS_STORE_TYPE';
      expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [] });
      expect(result.refused).toMatchObject([ph, later].map((reading) => ({ reading, code })));
    });

    it('keeps as long as asked, and names exactly what is older', async () => {
      const store = await open({ rawRetentionMs: 35 * DAY });
      expect(await retentionOf(bucket)).toBe((35 * DAY) / 1_000);
      expect((await retentionOf(`${bucket}_hourly`)) ?? 0).toBe(0);
      const now = Date.now();
      const old = sample('demo/pool/ph', now - 36 * DAY, 7);
      const result = await store.write([old, sample('demo/pool/ph', now, 7.2)]);
      expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [] });
      const code = 'READINGS_STORE_EXPIRED';
      expect(result.refused).toMatchObject([{ reading: old, code }]);
    });

    it('does not lose the first value when the answer to its write was lost', async () => {
      const line = await breakableLine(url);
      try {
        const store = await open({ url: line.url });
        await store.write([sample('demo/pool/ph', T, 7)]);
        line.loseAnswersOf('/api/v2/write');
        const lost = store.write([sample('demo/pool/ph', T + 1, 7.1)]);
        await expect(lost).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
        line.repair();
        const offered = sample('demo/pool/ph', T + 1, 8);
        expect((await store.write([offered])).conflicts).toEqual([{ offered, held: 7.1 }]);
      } finally {
        await line.close();
      }
    });

    it('says that the server is gone, and goes on when it is back', async () => {
      const line = await breakableLine(url);
      try {
        const store = await open({ url: line.url });
        await store.write([sample('demo/pool/ph', T, 7)]);
        line.cut();
        const gone = { code: 'READINGS_STORE_UNAVAILABLE', next: expect.stringContaining('runs') };
        const reading = sample('demo/pool/ph', T + 1, 7.1);
        await expect(store.write([reading])).rejects.toMatchObject(gone);
        await expect(store.latest()).rejects.toMatchObject(gone);
        line.repair();
        expect(await store.write([reading])).toMatchObject({ written: 1 });
        expect((await store.latest()).get('demo/pool/ph')).toEqual(reading);
      } finally {
        await line.close();
      }
    });

    it('keeps the first instant of all, 0', async () => {
      const store = await open();
      const reading = sample('demo/pool/ph', 0, 7);
      await store.write([reading]);
      expect(await store.latest()).toEqual(new Map([['demo/pool/ph', reading]]));
    });

    it('is refused with a token that nobody knows, and does not repeat it', async () => {
      const failure = open({ token: 'not-a-token-of-anybody' });
      await expect(failure).rejects.toMatchObject({
        code: 'READINGS_STORE_UNAVAILABLE',
        next: expect.stringContaining('INFLUX2_TOKEN'),
      });
      await expect(failure).rejects.not.toThrow('not-a-token-of-anybody');
    });
  });
});
