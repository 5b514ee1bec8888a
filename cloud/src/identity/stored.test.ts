import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type DatabaseConfig, openDatabase } from '../db/database.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { openStoredPeople, type StoredPeople } from './stored.ts';
import {
  type Bench,
  benchOf,
  byAdmin,
  credentials,
  person,
  t0,
  withFactor,
} from './testing/bench.ts';

const operator = { actor: 'operator:1000', at: t0 + 60_000 };
const fresh = 'copper ladder winter moss';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
let bench: Bench;
let stored: StoredPeople;

beforeEach(async () => {
  folder = await temporaryFolder();
  const config: DatabaseConfig = { engine: 'sqlite', file: join(folder.path, 'cloud.db') };
  database = await openDatabase(config);
  bench = benchOf(database, folder.path);
  stored = await openStoredPeople({ database: config });
});
afterEach(async () => {
  await stored.close();
  await database.close();
  await folder.remove();
});

/** Takes the code and signs in with the new password. @returns how far that leads */
async function enterBy(code: string, login: string): Promise<string> {
  const { codes, signIn } = bench.identity;
  const { at } = operator;
  expect(await codes.takeInvite(code, fresh, 'a', at)).toBe(login);
  return (await signIn.withPassword(credentials(login, fresh), at)).stage;
}

describe('the people of a database', () => {
  it('get a new password by a code, and keep their second factor', async () => {
    await withFactor(bench, 'lin', t0);
    const { code } = await stored.reset('Lin', false, operator);
    expect(await enterBy(code, 'lin')).toBe('half');
  });

  it('lose their second factor only when that is asked for', async () => {
    await withFactor(bench, 'lin', t0);
    const { code } = await stored.reset('lin', true, operator);
    expect(await enterBy(code, 'lin')).toBe('full');
  });

  it('are not let in again when they were disabled, second factor and all', async () => {
    const { id } = await withFactor(bench, 'lin', t0);
    await bench.identity.people.create(byAdmin(t0), person('boss'));
    await bench.identity.people.disable(byAdmin(t0), id);
    const refused = stored.reset('lin', true, operator);
    await expect(refused).rejects.toMatchObject({ code: 'CLOUD_PERSON_UNKNOWN' });
    const found = (await stored.list()).find(({ login }) => login === 'lin');
    expect(found).toMatchObject({ secondFactor: true, disabled: t0 });
  });
});
