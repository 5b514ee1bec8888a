import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { temporaryFolder } from '../../testing/cloud.ts';
import { selectClocks } from './list.ts';
import { dueClocks } from './watch.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
beforeAll(async () => {
  folder = await temporaryFolder();
  database = await openDatabase({ engine: 'sqlite', file: `${folder.path}/cloud.db` });
});
afterAll(async () => {
  await database.close();
  await folder.remove();
});

interface Explained {
  explain(format: undefined, options: ReturnType<typeof sql>): Promise<Record<string, unknown>[]>;
}
const planOf = async (query: Explained) => {
  const steps = await query.explain(undefined, sql`query plan`);
  return steps.map(({ detail }) => String(detail));
};

describe('what is asked of clocks every second, and by lists', () => {
  it('looks at none that have nothing to say', async () => {
    expect(await planOf(dueClocks(database, 5))).toEqual([
      'SEARCH ticket_clocks USING INDEX ticket_clocks_next (next_warning<?)',
    ]);
  });

  it.each(['missed', 'running'] as const)('looks at none that are not %s', async (state) => {
    const query = { state, estates: ['court'], limit: 50, after: [7, 1, 'arrive', 1] } as const;
    const [first, ...others] = await planOf(selectClocks(database, query, 5));
    expect(first).toMatch(/^SEARCH c USING INDEX ticket_clocks_due/);
    expect(others.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });
});
