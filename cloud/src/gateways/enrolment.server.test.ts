import { describe } from 'vitest';
import { gatewayKeySuite } from '../testing/gateway-key-suite.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  gatewayKeySuite('PostgreSQL', freshPostgres);
});
