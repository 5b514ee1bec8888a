import pg from 'pg';
import { afterEach, describe, inject } from 'vitest';
import { openDatabase } from '../db/database.ts';
import type { Fresh } from './database-suite.ts';

/** URL of the real server; null where there is none. */
export const postgresServer = inject('postgresUrl');

const newName = () => `test_${crypto.randomUUID().replaceAll('-', '')}`;

function urlOf(database: string): string {
  return Object.assign(new URL(postgresServer ?? ''), { pathname: `/${database}` }).href;
}

let template: Promise<string> | null = null;

/** A database that went through all migrations and has no rows: copying it takes a tenth of migrating another. */
async function makeTemplate(admin: pg.Client): Promise<string> {
  const name = newName();
  await admin.query(`create database ${name}`);
  const database = await openDatabase({ engine: 'postgres', url: urlOf(name) });
  await database.close();
  return name;
}

/** A database of its own on the real server, without rows. */
export async function freshPostgres(): Promise<Fresh & { readonly url: string }> {
  const admin = new pg.Client({ connectionString: postgresServer ?? '' });
  await admin.connect();
  template ??= makeTemplate(admin);
  const name = newName();
  await admin.query(`create database ${name} template ${await template}`);
  const url = urlOf(name);
  return {
    url,
    config: { engine: 'postgres', url },
    async drop() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** Runs a suite of the whole cloud on the real server, each of its tests on a database of its own. */
export function onPostgres(
  suite: (name: string, settings: () => Promise<{ DATABASE_URL: string }>) => void,
): void {
  describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
    const drops: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const drop of drops.splice(0)) await drop();
    });
    suite('PostgreSQL', async () => {
      const { url, drop } = await freshPostgres();
      drops.push(drop);
      return { DATABASE_URL: url };
    });
  });
}
