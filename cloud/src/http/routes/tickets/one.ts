import { z } from 'zod';
import { alarmsOf } from '../../../alarms/list.ts';
import {
  signOffCodeSchema,
  type TicketDetail,
  ticketCommandSchema,
  ticketDetailSchema,
  ticketSchema,
} from '../../../contract/index.ts';
import { episodeOf } from '../../../episodes/rows.ts';
import { filesOf } from '../../../files/rows.ts';
import type { Access } from '../../../policy/access.ts';
import { workOf } from '../../../tickets/acts/bill.ts';
import { issueSignOffCode } from '../../../tickets/acts/sign-off-codes.ts';
import { clocksOfTicket, withShares } from '../../../tickets/clocks/list.ts';
import { command, unknownTicket } from '../../../tickets/commands.ts';
import { type HidesParts, hidesOf } from '../../../tickets/hides.ts';
import { readTicket } from '../../../tickets/list.ts';
import { shownProof } from '../../../tickets/proof/shown.ts';
import { listedOf, shownTraces } from '../../../tickets/proof/traces.ts';
import { ticketEventOf, ticketOf } from '../../../tickets/rows.ts';
import type { Api, App } from '../../api.ts';
import { keyHeaders, keyOf } from '../../keys.ts';
import { refusals } from '../../refusals.ts';
import { doerIn, ticketParts } from './parts.ts';

const ticketParams = z.object({ id: z.coerce.number().int().positive() });

/** One ticket, and what people do to it. */
export function ticketRoutes(app: App, api: Api): void {
  const parts = ticketParts(api);
  app.get(
    '/api/tickets/:id',
    {
      schema: {
        tags: ['work'],
        summary: 'One ticket with its log, its episodes and the readings behind it',
        params: ticketParams,
        response: { 200: ticketDetailSchema, ...refusals },
      },
    },
    ({ params, access }) => detailOf(api, access, params.id),
  );
  app.post(
    '/api/tickets/:id/events',
    {
      schema: {
        tags: ['work'],
        summary:
          'Do something to a ticket, once for each Idempotency-Key; what others did meanwhile stays',
        params: ticketParams,
        headers: keyHeaders,
        body: ticketCommandSchema,
        response: { 200: ticketSchema, ...refusals },
      },
    },
    async ({ params, body, headers, access }) => {
      const { row } = await ticketIn(api, access, params.id);
      const by = doerIn(api, access, row.estate);
      const done = await command(parts, params.id, body, keyOf(headers), by);
      if (done.row !== null) api.board.ticket(done.row);
      return done.ticket;
    },
  );
  app.post(
    '/api/tickets/:id/sign-off-code',
    {
      schema: {
        tags: ['work'],
        summary: 'A new code for the customer to sign the ticket off with; told once',
        params: ticketParams,
        response: { 201: signOffCodeSchema, ...refusals },
      },
    },
    async ({ params, access }, reply) => {
      await ticketIn(api, access, params.id);
      const by = access.by(api.clock.now());
      return reply.code(201).send(await issueSignOffCode(parts, params.id, by));
    },
  );
}

/** A ticket in an estate in which one may do what the route is for. */
export async function ticketIn(api: Api, access: Access, id: number) {
  const found = await readTicket(api.database, id);
  if (found === undefined || !access.sees(found.row.estate)) throw unknownTicket(id);
  access.require(found.row.estate);
  return found;
}

async function detailOf(api: Api, access: Access, id: number): Promise<TicketDetail> {
  const { row, events } = await ticketIn(api, access, id);
  const rows = await api.database.read
    .selectFrom('episodes')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('onset')
    .orderBy('id')
    .execute();
  const { timeOf } = api.directory;
  const clocks = { database: api.database, timeOf };
  const now = api.clock.now();
  const [ticket = ticketOf(row)] = await withShares(clocks, [ticketOf(row)], now);
  const traces = await shownTraces(api.proofs, api.database.read, row);
  return {
    ...ticket,
    ...(await clocksOfTicket(clocks, id, now)),
    events: events.map(ticketEventOf),
    episodes: rows.map(episodeOf),
    alarms: await alarmsOf(api.database, id),
    files: await filesOf(api.database.read, id),
    hides: await hidesOf(hidesParts(api), rows),
    proof: await shownProof(api.proofs, api.database.read, row, rows, api.factOf),
    traces,
    readings: listedOf(traces, row.onset),
    work: workOf(events, api.clock.now()),
  };
}

function hidesParts({ database, directory, overlay, inForce }: Api): HidesParts {
  const faultOf = (rule: string) => inForce.titleOf(rule);
  return { database, directory, hiding: overlay.hiding, faultOf };
}
