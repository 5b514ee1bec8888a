import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/cloud.ts';
import { databaseSuite } from '../testing/database-suite.ts';
import { openDatabase } from './database.ts';
import { lockFolder, lockPostgres } from './lock.ts';
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

it('says what to do when no PostgreSQL answers, and not the password', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  for (const host of ['127.0.0.1', 'localhost']) {
    const url = `postgres://care:s3cret-word@${host}:${port}/care`;
    const engine = 'postgres' as const;
    for (const open of [() => lockPostgres(url), () => openDatabase({ engine, url })]) {
      const fault = await open()
        .then(() => null)
        .catch((error: unknown) => error);
      expect(fault).toMatchObject({
        code: 'CLOUD_DATABASE_UNAVAILABLE',
        message: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`),
        next: expect.stringContaining('DATABASE_URL'),
      });
      expect(inspect(fault)).not.toContain('s3cret-word');
    }
  }
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
