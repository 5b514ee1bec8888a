import { randomUUID } from 'node:crypto';
import { InfluxDB } from '@influxdata/influxdb-client';
import { BucketsAPI } from '@influxdata/influxdb-client-apis';
import { describe, inject } from 'vitest';
import { describeContractPoint, type Reopening, readingStoreContract } from '../testing/index.ts';
import { createInflux2Readings } from './index.ts';

const server = inject('influx2');

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
});
