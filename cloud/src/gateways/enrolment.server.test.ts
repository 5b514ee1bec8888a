import pg from 'pg';
import { describe, inject } from 'vitest';
import { gatewayKeySuite } from '../testing/gateway-key-suite.ts';

const server = inject('postgresUrl');

describe.skipIf(server === null)('on a real PostgreSQL', () => {
  gatewayKeySuite('PostgreSQL', async () => {
    const admin = new pg.Client({ connectionString: server ?? '' });
    await admin.connect();
    const name = `keys_${crypto.randomUUID().replaceAll('-', '')}`;
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
  });
});
