import { z } from 'zod';
import {
  assigneeSchema,
  firstAskedSchema,
  idSchema,
  pageSchema,
  type Ticket,
  type TicketReport,
  ticketReportSchema,
  ticketSchema,
} from '../../../contract/index.ts';
import { actingPeople } from '../../../tickets/acting.ts';
import { firstAsked } from '../../../tickets/first-asked.ts';
import { report } from '../../../tickets/report.ts';
import { type Api, type App, estatesOf, requireEstate } from '../../api.ts';
import { keyHeaders, keyOf } from '../../keys.ts';
import { refusals } from '../../refusals.ts';
import { ticketParts } from './parts.ts';

/** What people tell employees, and whose it is until somebody accepts it. */
export function reportRoutes(app: App, api: Api): void {
  const itemName = (item: string) => api.inForce.itemNamed(item);
  const parts = { ...ticketParts(api), itemName };
  app.post(
    '/api/tickets',
    {
      schema: {
        tags: ['work'],
        summary:
          'Take down what somebody tells you, once for each Idempotency-Key; what is open of the same item already is told of again',
        headers: keyHeaders,
        body: ticketReportSchema,
        response: { 200: ticketSchema, 201: ticketSchema, ...refusals },
      },
    },
    async ({ body, headers, access }, reply) => {
      requireEstate(api, access, body.estate);
      const done = await report(parts, body, keyOf(headers), access.author(api.clock.now()));
      if (done.row !== null) api.board.ticket(done.row);
      return reply.code(isOpened(body, done.ticket) ? 201 : 200).send(done.ticket);
    },
  );
  app.get(
    '/api/estates/:estate/assignees',
    {
      schema: {
        tags: ['work'],
        summary: 'Who may work on tickets of an estate: to whom one may be given',
        params: z.object({ estate: idSchema }),
        response: { 200: pageSchema(assigneeSchema), ...refusals },
      },
    },
    async ({ params: { estate }, access }) => {
      requireEstate(api, access, estate);
      return { items: await actingPeople(api.database, estate), next: null };
    },
  );
  app.get(
    '/api/tickets/first-asked',
    {
      schema: {
        tags: ['work'],
        summary: 'Open matters by the employee who was asked first',
        querystring: z.object({ estate: idSchema.optional() }),
        response: { 200: firstAskedSchema, ...refusals },
      },
    },
    ({ query: { estate }, access }) => firstAsked(api.database, estatesOf(api, access, estate)),
  );
}

/** Whether the report opened the ticket, also when it is sent again: then what it wrote is all that there is. */
function isOpened({ promise }: TicketReport, { revision }: Ticket): boolean {
  return revision === (promise === undefined ? 1 : 2);
}
