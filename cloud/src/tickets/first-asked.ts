import { type FirstAsked, openTicketStates } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { ticketOf } from './rows.ts';

/** More open matters that were told to somebody than any company has. */
const most = 1000;

/** Open matters by the employee who was asked first, who has most that nobody accepted first. */
export async function firstAsked(
  database: Database,
  estates: readonly string[] | null,
): Promise<FirstAsked> {
  if (estates?.length === 0) return { items: [] };
  let select = database.read
    .selectFrom('tickets')
    .selectAll()
    .where('first_asked', 'is not', null)
    .where('state', 'in', openTicketStates)
    .orderBy('opened')
    .orderBy('id')
    .limit(most);
  if (estates !== null) select = select.where('estate', 'in', estates);
  const rows = await select.execute();
  const byPerson = Map.groupBy(rows, (row) => row.first_asked_person ?? row.first_asked ?? '');
  const items = [...byPerson.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        person: first.first_asked_person,
        name: first.first_asked ?? '',
        open: own.length,
        unaccepted: own.filter(({ acknowledged }) => acknowledged === null).length,
        oldest: first.opened,
        tickets: own.map(ticketOf),
      },
    ];
  });
  items.sort((a, b) => b.unaccepted - a.unaccepted || a.oldest - b.oldest);
  return { items };
}
