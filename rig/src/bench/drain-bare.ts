import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSeries } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { allMessages, readingsOf } from './drain-check.ts';
import { type DrainEstate, drainEstateId } from './drain-estate.ts';

/** As many as a frame carries. */
const perWrite = 5_000;

/** Readings a second that the store takes when nothing else is done with them: the same, in the same order. */
export async function bareRate(estate: DrainEstate, began: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-rig-'));
  const describe = describeSeries([estate.loaded]);
  const store = createSqliteReadings({ file: join(folder, 'readings.db'), describe });
  await store.start();
  let written = 0;
  let spent = 0;
  let batch: Reading[] = [];
  const write = async () => {
    const since = performance.now();
    written += (await store.write(batch)).written;
    spent += performance.now() - since;
    batch = [];
  };
  try {
    for (const message of allMessages(estate, began)) {
      for (const reading of readingsOf(message)) {
        batch.push({ ...reading, point: `${drainEstateId}/${reading.point}` });
      }
      if (batch.length >= perWrite) await write();
    }
    await write();
  } finally {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return written / (spent / 1_000);
}
