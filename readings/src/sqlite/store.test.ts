import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeContractPoint, readingStoreContract } from '../testing/index.ts';
import { createSqliteReadings } from './index.ts';

readingStoreContract('SQLite readings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readings-'));
  const make = async () => {
    const file = join(folder, 'deep', 'readings.db');
    const store = createSqliteReadings({ file, describe: describeContractPoint });
    await store.start();
    return store;
  };
  let store = await make();
  return {
    store,
    async reopen() {
      await store.stop();
      store = await make();
      return store;
    },
    async dispose() {
      await store.stop();
      await rm(folder, { recursive: true });
    },
  };
});
