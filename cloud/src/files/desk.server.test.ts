import { describe } from 'vitest';
import { fileSuite } from '../testing/file-suite.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  fileSuite('PostgreSQL', freshPostgres);
});
