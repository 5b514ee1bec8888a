import { join } from 'node:path';
import { type Log, silentLog } from '@caretaker/readings/base';
import { openBundle, sealBundle } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { openVault } from '../identity/vault.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { openBundleKey } from './signing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
let told: string[];
const log: Log = { ...silentLog, error: (_fields, message) => told.push(message) };
const open = (file: string) =>
  openBundleKey(database, openVault(join(folder.path, file)), log, 1_000);

beforeEach(async () => {
  folder = await temporaryFolder();
  database = await openDatabase({ engine: 'sqlite', file: join(folder.path, 'cloud.db') });
  told = [];
});
afterEach(async () => {
  await database.close();
  await folder.remove();
});

it('is made once, and kept so that the database alone does not give it away', async () => {
  const key = await open('secrets.key');
  expect(await open('secrets.key')).toEqual(key);
  const rows = await database.read.selectFrom('bundle_keys').selectAll().execute();
  expect(rows).toMatchObject([{ public_key: key?.publicKey, created: 1_000 }]);
  expect(JSON.stringify(rows)).not.toContain(key?.privateKey.split('\n')[1]);
  const message = Buffer.from(
    await sealBundle({ one: 1 }, key ?? { privateKey: '', publicKey: '' }),
  );
  expect(await openBundle(message, key?.publicKey ?? '')).toEqual({ one: 1 });
});

it('is not made anew when it cannot be opened: gateways would believe no other', async () => {
  const key = await open('secrets.key');
  expect(await open('another.key')).toBeNull();
  expect(told).toEqual([expect.stringContaining('until secrets.key is restored')]);
  expect(await open('secrets.key')).toEqual(key);
});
