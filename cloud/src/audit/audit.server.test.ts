import { describe } from 'vitest';
import { auditSuite, auditWritersCase } from '../testing/audit-suite.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  auditSuite('PostgreSQL', freshPostgres);
  auditWritersCase(freshPostgres);
});
