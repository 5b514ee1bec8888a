import { describeContractPoint, sample } from '../../testing/series.ts';
import { createSqliteReadings } from '../index.ts';

/* Run by file.test.ts: writes a hundred readings at a time and says how many are durable, until it is killed. */

const file = process.argv[2] as string;
const store = createSqliteReadings({ file, describe: describeContractPoint });
await store.start();
for (let at = 1; ; at += 100) {
  const readings = Array.from({ length: 100 }, (_, i) => sample('demo/pool/ph', at + i, at + i));
  await store.write(readings);
  process.stdout.write(`${at + 99}\n`);
}
