import { describe } from 'vitest';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';
import { identitySuite } from './testing/suite.ts';

describe.skipIf(postgresServer === null)('on a real server', () => {
  identitySuite('PostgreSQL', freshPostgres);
});
