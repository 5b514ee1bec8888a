import { sql } from 'kysely';
import { isOpen, openTicketStates } from '../contract/index.ts';
import { together } from '../db/together.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import type { TicketRow } from './rows.ts';

/** One (subject, item), and the event time from which on counts what is over. */
interface Asked {
  readonly subject: string;
  readonly item: string;
  readonly since: number;
}

const keyOf = ({ subject, item }: Pick<Asked, 'subject' | 'item'>) => `${subject}\n${item}`;
const subjectsOf = (all: readonly Asked[]) => [...new Set(all.map(({ subject }) => subject))];
const itemsOf = (all: readonly Asked[]) => [...new Set(all.map(({ item }) => item))];

export const loadTickets = together(async (tx, all: readonly Asked[]) => {
  const since = Math.min(...all.map((one) => one.since));
  const rows = await tx
    .selectFrom('tickets')
    .selectAll()
    .where('subject', 'in', subjectsOf(all))
    .where('item', 'in', itemsOf(all))
    .where('state', '!=', 'withdrawn')
    .where((eb) =>
      eb.or([
        eb('until', 'is', null),
        eb('until', '>=', since),
        eb('closed', '>=', since),
        eb('state', 'in', openTicketStates),
      ]),
    )
    .orderBy('id')
    .execute();
  const found = Map.groupBy(rows, keyOf);
  return all.map((one) => {
    const counts = ({ until, closed, state }: TicketRow) =>
      until === null || until >= one.since || (closed ?? -Infinity) >= one.since || isOpen(state);
    return (found.get(keyOf(one)) ?? []).filter(counts);
  });
});

export interface AskedWithTickets extends Asked {
  /** Tickets of the item, whose episodes count however long they are over. */
  readonly tickets: readonly number[];
}

/** Episodes that decide about tickets. */
export const loadRows = together(async (tx, all: readonly AskedWithTickets[]) => {
  const since = Math.min(...all.map((one) => one.since));
  const tickets = all.flatMap((one) => one.tickets);
  const rows = await tx
    .selectFrom('episodes')
    .selectAll()
    .where('subject', 'in', subjectsOf(all))
    .where('item', 'in', itemsOf(all))
    .where('state', 'in', ['standing', 'reported'])
    .where('severity', '!=', 'advice')
    .where((eb) =>
      eb.or([
        eb('ended', 'is', null),
        eb('ended', '>=', since),
        // Hidden until now, it lasts however long it has been over.
        eb.and([eb('latched', '=', 1), eb('ticket', 'is', null)]),
        ...(tickets.length > 0 ? [eb('ticket', 'in', tickets)] : []),
      ]),
    )
    .execute();
  const found = Map.groupBy(rows, keyOf);
  return all.map((one) => {
    const counts = ({ ended, latched, ticket }: EpisodeRow) =>
      ended === null ||
      ended >= one.since ||
      (ticket === null ? latched === 1 : one.tickets.includes(ticket));
    return (found.get(keyOf(one)) ?? []).filter(counts);
  });
});

interface Hung {
  readonly ticket: number;
  readonly episodes: readonly number[];
}

/** Hangs episodes on their ticket. */
export const hang = together(async (tx, all: readonly Hung[]) => {
  const pairs = all.flatMap(({ ticket, episodes }) =>
    episodes.map((id) => sql`(cast(${id} as integer), cast(${ticket} as integer))`),
  );
  await sql`with hung (id, ticket) as (values ${sql.join(pairs)})
    update episodes set ticket = hung.ticket from hung where episodes.id = hung.id`.execute(tx);
  return all;
});
