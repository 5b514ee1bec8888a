import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeContractPoint,
  type Reopening,
  readingStoreContract,
  type StoreUnderTest,
} from '../testing/index.ts';
import { createSqliteReadings } from './index.ts';

async function makeStore(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'readings-'));
  const make = async (change: Reopening = {}) => {
    const file = join(folder, 'deep', 'readings.db');
    const store = createSqliteReadings({ file, describe: describeContractPoint, ...change });
    await store.start();
    return store;
  };
  let store = await make();
  return {
    store,
    async reopen(change) {
      await store.stop();
      store = await make(change);
      return store;
    },
    async dispose() {
      await store.stop();
      await rm(folder, { recursive: true });
    },
  };
}

readingStoreContract('SQLite readings', makeStore);
