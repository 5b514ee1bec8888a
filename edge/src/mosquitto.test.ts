import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openJournal, readAll, scratch } from './journal/testing.ts';
import { startEdge, statusOf } from './testing.ts';

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

it.skipIf(!installed)('takes what mosquitto_pub sends by hand, good and bad', async () => {
  const { directory, remove } = await scratch();
  const rigged = await startEdge(directory);
  const publish = (topic: string, message: string, qos: number) =>
    run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(rigged.mqttPort)],
      ...['-t', topic, '-m', message, '-q', String(qos)],
    ]);
  for (const qos of [0, 1, 2]) {
    await publish('caretaker/gate', `{"slam_db": ${70 + qos}}`, qos);
    await publish('caretaker/gate', 'slam', qos);
  }
  expect(await statusOf(rigged)).toMatchObject({
    ingest: { messages: 6 },
    quarantine: { total: 3 },
  });
  await rigged.edge.stop();
  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, 1);
  expect(readings.map((reading) => reading.value)).toEqual([70, 71, 72]);
  await journal.close();
  await remove();
});
