import { describeContractPoint, sample } from '../../testing/series.ts';
import { createSqliteReadings } from '../index.ts';

/*
 * Run by file.test.ts: writes a hundred readings at a time, 500 an hour, and says how many are durable, until it is
 * killed.
 */

const file = process.argv[2] as string;
const store = createSqliteReadings({ file, describe: describeContractPoint });
await store.start();
for (let n = 1; ; n += 100) {
  const readings = Array.from({ length: 100 }, (_, i) =>
    sample('demo/pool/ph', (n + i) * 7_200, n + i),
  );
  await store.write(readings);
  process.stdout.write(`${n + 99}\n`);
}
