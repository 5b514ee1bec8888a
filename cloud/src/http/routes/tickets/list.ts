import { z } from 'zod';
import {
  pageSchema,
  ticketCountsSchema,
  ticketFilterSchema,
  ticketSchema,
} from '../../../contract/index.ts';
import type { Access } from '../../../policy/access.ts';
import { withShares } from '../../../tickets/clocks/list.ts';
import type { Viewer } from '../../../tickets/filters.ts';
import { countTickets, listTickets, ticketKey } from '../../../tickets/list.ts';
import { ticketOf } from '../../../tickets/rows.ts';
import { type Api, type App, estatesOf } from '../../api.ts';
import { decodeCursor, listQuery, pageOf, wrongCursor } from '../../paging.ts';
import { refusals } from '../../refusals.ts';

/** A filter in a query string: one value of a list may stand alone, and numbers are words. */
const inQuery = <T extends z.ZodType>(list: T) =>
  z.preprocess((given) => (typeof given === 'string' ? [given] : given), list);
const { severity, team, source, class: classes } = ticketFilterSchema.shape;
export const filterQuery = ticketFilterSchema.extend({
  severity: inQuery(severity),
  team: inQuery(team),
  source: inQuery(source),
  class: inQuery(classes),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});
const ticketQuery = filterQuery.extend(listQuery.omit({ estate: true }).shape);
const countQuery = ticketFilterSchema.pick({ estate: true });

/** Whose list it is: for one estate, or for all that they may look at. */
export function viewerOf(api: Api, access: Access, estate: string | undefined): Viewer {
  const { principal } = access;
  const person =
    principal.kind === 'person'
      ? principal.id
      : principal.kind === 'token'
        ? principal.owner
        : null;
  return { person, estates: estatesOf(api, access, estate), now: api.clock.now() };
}

/** Lists of tickets. */
export function ticketListRoutes(app: App, api: Api): void {
  app.get(
    '/api/tickets',
    {
      schema: {
        tags: ['work'],
        summary:
          'Tickets, newest onset first unless sorted otherwise; what a text finds has its own reference first',
        querystring: ticketQuery,
        response: { 200: pageSchema(ticketSchema), ...refusals },
      },
    },
    async ({ query: { cursor, limit, ...filter }, access }) => {
      const listed = await listTickets(api.database, {
        filter,
        viewer: viewerOf(api, access, filter.estate),
        limit: limit + 1,
        after: decodeCursor(cursor, ticketKey),
      });
      if (listed === null) throw wrongCursor();
      const page = pageOf(listed, limit, ({ key }) => key);
      const clocks = { database: api.database, timeOf: api.directory.timeOf };
      const tickets = page.items.map(({ row }) => ticketOf(row));
      return { ...page, items: await withShares(clocks, tickets, api.clock.now()) };
    },
  );
  app.get(
    '/api/tickets/counts',
    {
      schema: {
        tags: ['work'],
        summary: 'How many open tickets there are, and what stands behind each tab of the list',
        querystring: countQuery,
        response: { 200: ticketCountsSchema, ...refusals },
      },
    },
    ({ query: { estate }, access }) => countTickets(api.database, viewerOf(api, access, estate)),
  );
}
