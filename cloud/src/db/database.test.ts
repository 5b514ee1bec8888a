import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/cloud.ts';
import { databaseSuite } from '../testing/database-suite.ts';
import { openDatabase } from './database.ts';
import { lockFolder } from './lock.ts';
import { openReadOnly } from './read-only.ts';

databaseSuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  };
});

it('says what to do when the database cannot be opened', async () => {
  const file = '/proc/none/cloud.db';
  await expect(openDatabase({ engine: 'sqlite', file })).rejects.toMatchObject({
    code: 'CLOUD_DATABASE_UNAVAILABLE',
  });
});

it('is read when no cloud has it open, and never made by reading', async () => {
  const folder = await temporaryFolder();
  const config = { engine: 'sqlite', file: join(folder.path, 'cloud.db') } as const;
  await expect(openReadOnly(config)).rejects.toMatchObject({ code: 'CLOUD_DATABASE_UNAVAILABLE' });
  await (await openDatabase(config)).close();
  const beside = await openReadOnly(config);
  expect(await beside.read.selectFrom('estates').selectAll().execute()).toEqual([]);
  await beside.close();
  await folder.remove();
});

it('gives a folder to one process, and to the next one when it is free', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'cloud.lock');
  const release = lockFolder(file);
  expect(() => lockFolder(file)).toThrow(expect.objectContaining({ code: 'CLOUD_DATA_IN_USE' }));
  await release();
  await lockFolder(file)();
  await folder.remove();
});
