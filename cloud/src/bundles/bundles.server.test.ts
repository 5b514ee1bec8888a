import { afterEach, describe } from 'vitest';
import { bundleSuite } from '../testing/bundle-suite.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  const drops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const drop of drops.splice(0)) await drop();
  });
  bundleSuite('PostgreSQL', async () => {
    const { url, drop } = await freshPostgres();
    drops.push(drop);
    return { DATABASE_URL: url };
  });
});
