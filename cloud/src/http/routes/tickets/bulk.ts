import { CaretakerError } from '@caretaker/readings/base';
import {
  type BulkRequest,
  type BulkResult,
  bulkRequestSchema,
  bulkResultSchema,
  type TicketCommand,
} from '../../../contract/index.ts';
import type { Access } from '../../../policy/access.ts';
import { command } from '../../../tickets/commands.ts';
import { RevisionConflict } from '../../../tickets/meets.ts';
import type { Api, App } from '../../api.ts';
import { refusedWith, shown } from '../../documented.ts';
import { keyHeaders, keyOf } from '../../keys.ts';
import { problemOf } from '../../problems.ts';
import { ticketIn } from './one.ts';
import { doerIn, ticketParts } from './parts.ts';

const example: BulkRequest = {
  command: { type: 'assign-team', team: 'security', note: 'All about the north gate.' },
  tickets: [
    { id: 42, revision: 3 },
    { id: 43, revision: 1 },
  ],
};

/** The same done to many tickets: each is a transaction of its own, with a result of its own. */
export function ticketBulkRoutes(app: App, api: Api): void {
  const parts = ticketParts(api);
  app.post(
    '/api/tickets/bulk',
    {
      schema: {
        tags: ['work'],
        summary:
          'Do the same to up to 200 tickets, once for each Idempotency-Key; each is done, changed meanwhile, or refused',
        headers: keyHeaders,
        body: shown(bulkRequestSchema, example),
        response: { 200: bulkResultSchema, ...refusedWith('CLOUD_KEY_MISSING') },
      },
    },
    async ({ body, headers, access }) => {
      const key = keyOf(headers);
      const results: BulkResult['results'] = [];
      for (const { id, revision } of body.tickets) {
        const wish = { ...body.command, revision } as TicketCommand;
        results.push(await one(id, wish, `${key}/${id}`, access));
      }
      return { results };
    },
  );

  async function one(
    id: number,
    wish: TicketCommand,
    key: string,
    access: Access,
  ): Promise<BulkResult['results'][number]> {
    try {
      const { row } = await ticketIn(api, access, id);
      const done = await command(parts, id, wish, key, doerIn(api, access, row.estate));
      if (done.row !== null) api.board.ticket(done.row);
      return { id, outcome: 'done', ticket: done.ticket, problem: null };
    } catch (error) {
      // What is ours to mend concerns all of them.
      if (!(error instanceof CaretakerError)) throw error;
      const problem = problemOf(error);
      return error instanceof RevisionConflict
        ? { id, outcome: 'changed', ticket: error.current, problem }
        : { id, outcome: 'refused', ticket: null, problem };
    }
  }
}
