import pg from 'pg';
import { describe, inject } from 'vitest';
import { auditSuite, auditWritersCase } from '../testing/audit-suite.ts';
import type { Fresh } from '../testing/database-suite.ts';

const server = inject('postgresUrl');

async function makeDatabase(): Promise<Fresh> {
  const admin = new pg.Client({ connectionString: server ?? '' });
  await admin.connect();
  const name = `audit_${crypto.randomUUID().replaceAll('-', '')}`;
  await admin.query(`create database ${name}`);
  const url = new URL(server ?? '');
  url.pathname = `/${name}`;
  return {
    config: { engine: 'postgres', url: url.href },
    async drop() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

describe.skipIf(server === null)('on a real PostgreSQL', () => {
  auditSuite('PostgreSQL', makeDatabase);
  auditWritersCase(makeDatabase);
});
