import { afterEach, beforeEach, describe } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { temporaryFolder } from '../../testing/cloud.ts';
import type { Fresh } from '../../testing/database-suite.ts';
import { type Bench, benchOf } from './bench.ts';
import { factorCases } from './factor-cases.ts';
import { peopleCases } from './people-cases.ts';
import { sessionCases } from './session-cases.ts';
import { signInCases } from './sign-in-cases.ts';
import { firstCases, tokenCases } from './token-cases.ts';

/**
 * What must hold of identity on either database.
 * @param make an empty database for one test
 */
export function identitySuite(name: string, make: () => Promise<Fresh>): void {
  describe(name, () => {
    let fresh: Fresh;
    let database: Database;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let bench: Bench;
    beforeEach(async () => {
      fresh = await make();
      folder = await temporaryFolder();
      database = await openDatabase(fresh.config);
      bench = benchOf(database, folder.path);
    });
    afterEach(async () => {
      await database.close();
      await fresh.drop();
      await folder.remove();
    });
    const given = () => bench;
    describe('people', () => peopleCases(given));
    describe('sessions', () => sessionCases(given));
    describe('sign-in', () => signInCases(given));
    describe('second factor', () => factorCases(given));
    describe('tokens', () => tokenCases(given));
    describe('first administrator', () => firstCases(given));
  });
}
