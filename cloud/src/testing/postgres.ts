import pg from 'pg';
import { inject } from 'vitest';
import type { Fresh } from './database-suite.ts';

/** URL of the real server; null where there is none. */
export const postgresServer = inject('postgresUrl');

/** An empty database of its own on the real server. */
export async function freshPostgres(): Promise<Fresh & { readonly url: string }> {
  const admin = new pg.Client({ connectionString: postgresServer ?? '' });
  await admin.connect();
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  await admin.query(`create database ${name}`);
  const { href } = Object.assign(new URL(postgresServer ?? ''), { pathname: `/${name}` });
  return {
    url: href,
    config: { engine: 'postgres', url: href },
    async drop() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
