import { afterAll, beforeAll, describe } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { hidingWorldCase } from '../testing/hiding-worlds.ts';

describe('tickets where breaches hide others and work is planned', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
  });
  afterAll(() => database.close());
  hidingWorldCase(() => database, 400);
});
