import type { Assignee } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { gathered } from '../identity/grants.ts';
import { covers, reachOf } from '../policy/actions.ts';

/** Who may work on tickets of an estate, by name: to whom one may be given. */
export async function actingPeople({ read }: Database, estate: string): Promise<Assignee[]> {
  const rows = await read
    .selectFrom('people')
    .innerJoin('person_grants', 'person_grants.person', 'people.id')
    .select(['people.id', 'people.name', 'person_grants.role', 'person_grants.estate'])
    .where('people.disabled', 'is', null)
    .where('person_grants.estate', 'in', [estate, '*'])
    .orderBy('people.name')
    .orderBy('people.id')
    .execute();
  return [...Map.groupBy(rows, ({ id }) => id)].flatMap(([id, [first, ...rest]]) => {
    if (first === undefined) return [];
    const person = { id, name: first.name, grants: gathered([first, ...rest]) };
    const reach = reachOf({ kind: 'person', session: '', ...person }, 'ticket.act');
    return covers(reach, estate) ? [{ id, name: first.name }] : [];
  });
}
