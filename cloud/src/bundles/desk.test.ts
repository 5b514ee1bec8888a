import { loadEstate } from '@caretaker/devices/model';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { newBundleKey } from '@caretaker/readings/uplink';
import { readStandard } from '@caretaker/standards';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { BundleDesk } from './desk.ts';

const estateOf = (id: string) =>
  loadEstate(
    [
      ...[`id: ${id}`, `name: ${id}`, 'zone: Asia/Shanghai', `gateway: ${id}-1`],
      'location: { latitude: 31.2, longitude: 121.5 }',
      'assets: [{ id: bin, name: Bin, kind: bin, touchpoint: TP23, place: Yard, points: [temp_c] }]',
    ].join('\n'),
    `${id}.yaml`,
  );

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;

beforeEach(async () => {
  folder = await temporaryFolder();
  database = await openDatabase({ engine: 'sqlite', file: `${folder.path}/cloud.db` });
});
afterEach(async () => {
  await database.close();
  await folder.remove();
});

it('gives a gateway its configuration while the ticket of another waits for its estate', async () => {
  const directory = new Directory([estateOf('yard'), estateOf('court')]);
  const text = 'groups: [{ id: bins, number: 1, name: { en: Bins, zh: 垃圾桶 } }]';
  const standard = readStandard([{ name: 'groups.yaml', text }]);
  const sent: string[] = [];
  const desk = new BundleDesk({
    ...{ database, directory, key: newBundleKey(), clock: systemClock, log: silentLog },
    inForce: { standard, estate: (id) => directory.estates.get(id) },
    credentials: { of: () => [] },
    faults: { load: async () => {}, begin: () => new Promise(() => {}), end: async () => {} },
    send: (gateway) => sent.push(gateway),
  });
  await desk.load();
  void desk.told('yard-1', { type: 'bundle', at: 1, version: null, result: 'refused' });
  await desk.hello('court-1', null);
  expect(sent).toEqual(['court-1']);
});
