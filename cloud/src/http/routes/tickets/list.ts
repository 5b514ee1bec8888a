import { z } from 'zod';
import {
  openTicketStates,
  pageSchema,
  type TicketState,
  ticketSchema,
  ticketStateSchema,
} from '../../../contract/index.ts';
import { listTickets, ticketKey } from '../../../tickets/list.ts';
import { ticketOf } from '../../../tickets/rows.ts';
import { type Api, type App, estatesOf } from '../../api.ts';
import { decodeCursor, listQuery, pageOf } from '../../paging.ts';

const states: Readonly<Record<string, readonly TicketState[]>> = {
  open: openTicketStates,
  all: ticketStateSchema.options,
};
const ticketQuery = listQuery.extend({
  state: z.enum(['open', 'all', ...ticketStateSchema.options]).default('all'),
  subject: z.string().max(200).optional(),
  item: z.string().max(100).optional(),
});

/** Lists of tickets. */
export function ticketListRoutes(app: App, api: Api): void {
  app.get(
    '/api/tickets',
    {
      schema: {
        tags: ['work'],
        summary: 'Tickets, newest onset first',
        querystring: ticketQuery,
        response: { 200: pageSchema(ticketSchema) },
      },
    },
    async ({ query: { cursor, state, limit, estate, ...filter }, access }) => {
      const rows = await listTickets(api.database, {
        ...filter,
        estates: estatesOf(api, access, estate),
        states: states[state] ?? [state as TicketState],
        limit: limit + 1,
        after: decodeCursor(cursor, ticketKey),
      });
      const page = pageOf(rows, limit, (row) => [row.onset, row.id]);
      return { ...page, items: page.items.map(ticketOf) };
    },
  );
}
