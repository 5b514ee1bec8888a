import { setImmediate as nextTurn } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from './sqlite.ts';
import { PatientSqliteDialect } from './turns.ts';

let database: Kysely<{ notes: { n: number } }>;

beforeEach(async () => {
  database = new Kysely({
    dialect: new PatientSqliteDialect({ database: openSqlite(':memory:') }),
  });
  await sql`create table notes (n integer not null)`.execute(database);
});
afterEach(() => database.destroy());

/** One statement that keeps the thread busy for some milliseconds. */
const slow = sql`with recursive c(x) as (select 1 union all select x + 1 from c where x < 40000)
  select sum(x) from c`;

/** What this thread has worked, milliseconds: a machine that does other things too changes nothing of it. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

it('lets others have their turn within a long transaction, and shows them nothing of it', async () => {
  let turns = 0;
  let done = false;
  const count = async () => {
    while (!done) {
      await nextTurn();
      turns += 1;
    }
  };
  const counting = count();
  const { length: before } = await database.selectFrom('notes').selectAll().execute();
  const transaction = database.transaction().execute(async (tx) => {
    await tx.insertInto('notes').values({ n: 1 }).execute();
    const began = processorTime();
    while (processorTime() - began < 300) await slow.execute(tx);
    const seen = turns;
    await tx.insertInto('notes').values({ n: 2 }).execute();
    return seen;
  });
  const asked = nextTurn().then(() => database.selectFrom('notes').selectAll().execute());
  const within = await transaction;
  done = true;
  await counting;
  expect(before).toBe(0);
  expect(within).toBeGreaterThan(5);
  expect((await asked).length).toBe(2);
});

it('undoes what a failed transaction did before it gave way', async () => {
  const failed = database.transaction().execute(async (tx) => {
    await tx.insertInto('notes').values({ n: 1 }).execute();
    const began = performance.now();
    while (performance.now() - began < 50) await slow.execute(tx);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await database.selectFrom('notes').selectAll().execute()).toEqual([]);
});
