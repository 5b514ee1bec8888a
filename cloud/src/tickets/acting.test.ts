import { expect, it } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { ticketDesk } from '../testing/ticket-desk.ts';
import { actingPeople } from './acting.ts';

it('gives a ticket to whoever works in its estate, by name, and to nobody of another', async () => {
  const database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
  await ticketDesk(() => database).hire();
  const names = async (estate: string) =>
    (await actingPeople(database, estate)).map(({ name }) => name);
  expect(await names('court')).toEqual(['Dong', 'Lin', 'Mei']);
  await database.write(async (tx) => {
    await tx.updateTable('people').set({ disabled: 1 }).where('id', '=', 'lin').execute();
    await tx
      .updateTable('person_grants')
      .set({ role: 'viewer' })
      .where('person', '=', 'mei')
      .execute();
    await tx
      .updateTable('person_grants')
      .set({ estate: '*' })
      .where('person', '=', 'dong')
      .execute();
  });
  expect(await names('court')).toEqual(['Dong']);
  expect(await names('park')).toEqual(['Bo', 'Dong']);
  await database.close();
});
