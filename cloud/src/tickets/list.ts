import { z } from 'zod';
import type { TicketState } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { TicketEventRow, TicketRow } from './rows.ts';

export const ticketKey = z.tuple([z.number(), z.number()]);

export interface TicketQuery {
  /** Null for all. */
  readonly estates: readonly string[] | null;
  readonly subject?: string | undefined;
  readonly item?: string | undefined;
  readonly states: readonly TicketState[];
  readonly limit: number;
  /** Onset and id of the last one of the page before. */
  readonly after: readonly [onset: number, id: number] | null;
}

/** Newest onset first. */
export async function listTickets(database: Database, query: TicketQuery): Promise<TicketRow[]> {
  if (query.estates?.length === 0) return [];
  let select = database.read
    .selectFrom('tickets')
    .selectAll()
    .where('state', 'in', query.states)
    .orderBy('onset', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit);
  for (const name of ['subject', 'item'] as const) {
    const value = query[name];
    if (value !== undefined) select = select.where(name, '=', value);
  }
  if (query.estates !== null) select = select.where('estate', 'in', query.estates);
  if (query.after !== null) {
    const [onset, id] = query.after;
    select = select.where((eb) =>
      eb.or([eb('onset', '<', onset), eb.and([eb('onset', '=', onset), eb('id', '<', id)])]),
    );
  }
  return select.execute();
}

/** A ticket and its log, oldest first; undefined when there is none. */
export async function readTicket(
  database: Database,
  id: number,
): Promise<{ readonly row: TicketRow; readonly events: readonly TicketEventRow[] } | undefined> {
  const row = await database.read
    .selectFrom('tickets')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const events = await database.read
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('sequence')
    .execute();
  return { row, events };
}
