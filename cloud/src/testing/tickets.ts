import type { TicketFilter } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { listTickets } from '../tickets/list.ts';
import type { TicketRow } from '../tickets/rows.ts';

/** Tickets of all estates, newest onset first, as many as tests have. */
export async function everyTicket(
  database: Database,
  filter: TicketFilter = {},
): Promise<TicketRow[]> {
  const viewer = { person: null, estates: null, now: 0 };
  const listed = await listTickets(database, { filter, viewer, limit: 1000, after: null });
  return (listed ?? []).map(({ row }) => row);
}
