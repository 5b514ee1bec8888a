import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Series } from '@caretaker/readings';
import { decodeFrame } from '@caretaker/readings/frame';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Quarantine } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

/** A store in which the temperature of the bin was a word once. */
async function seedWords(file: string): Promise<void> {
  const [estate = '', asset = '', metric = ''] = 'court/bin-1/temp_c'.split('/');
  const describe = (point: string): Series => ({
    point,
    estate,
    asset,
    metric,
    kind: 'bin',
    type: 'state',
    mean: 'arithmetic',
  });
  const store = createSqliteReadings({ file, describe });
  await store.start();
  await store.write([reading('court/bin-1/temp_c', t0 - minute, 'warm')]);
  await store.stop();
}

beforeEach(async () => {
  folder = await temporaryFolder();
  const config = configFor(folder.path);
  await seedWords(join(config.folder, 'readings.db'));
  run = await runCloud(config);
  gateway = await GatewayPlayer.connect(run);
});
afterEach(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

it('sets aside exactly what the store will not keep, and neither judges it now nor after a crash', async () => {
  await gateway.hello();
  const others = [
    reading('bin-1/fill_pct', t0, 50),
    reading('bin-1/fill_pct', t0 + 2 * minute, 51),
  ] as const;
  await gateway.send(1, [
    others[0],
    reading('bin-1/temp_c', t0, 71),
    reading('bin-1/temp_c', t0 + minute, 75),
    others[1],
  ]);
  await gateway.untilAccepted(4);
  expect(await run.episodes()).toEqual([]);
  expect(await run.list<Quarantine>('/api/quarantine')).toMatchObject([
    { code: 'CLOUD_READING_UNFIT', topic: 'court/bin-1/temp_c', count: 2 },
  ]);
  const path = `/api/readings?point=court/bin-1/fill_pct&from=${t0}&to=${t0 + 3 * minute}&buckets=1`;
  expect(await run.get<object>(path)).toMatchObject({ series: { buckets: [{ n: 2, last: 51 }] } });
  // A restart judges from here what the last snapshot does not cover.
  const database = new DatabaseSync(join(configFor(folder.path).folder, 'cloud.db'), {
    readOnly: true,
  });
  const rows = database.prepare('SELECT frame, skipped FROM inbox').all();
  database.close();
  const kept = rows.flatMap((row) =>
    decodeFrame(row.frame as Uint8Array).readings.slice(Number(row.skipped)),
  );
  expect(kept).toEqual(others);
});
