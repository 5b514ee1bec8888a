import { z } from 'zod';
import { clockEntrySchema, clockNameSchema, pageSchema } from '../../../contract/index.ts';
import { clockKeyOf, listClocks } from '../../../tickets/clocks/list.ts';
import { type Api, type App, estatesOf } from '../../api.ts';
import { decodeCursor, listQuery, pageOf } from '../../paging.ts';
import { refusals } from '../../refusals.ts';

const clockQuery = listQuery.extend({
  /** `running` ones may stand still for a while. */
  state: z.enum(['missed', 'running']).default('missed'),
  clock: clockNameSchema.optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});
const clockKey = z.tuple([z.number(), z.number(), z.string(), z.number()]);

/** Clocks of all tickets: what was missed, and what runs out next. */
export function ticketClockRoutes(app: App, api: Api): void {
  const parts = { database: api.database, timeOf: api.directory.timeOf };
  app.get(
    '/api/tickets/clocks',
    {
      schema: {
        tags: ['work'],
        summary:
          'Targets that were missed, the latest due first; or those that run, the first due first',
        querystring: clockQuery,
        response: { 200: pageSchema(clockEntrySchema), ...refusals },
      },
    },
    async ({ query: { cursor, limit, estate, ...filter }, access }) => {
      const query = {
        ...filter,
        estates: estatesOf(api, access, estate),
        limit: limit + 1,
        after: decodeCursor(cursor, clockKey),
      };
      return pageOf(await listClocks(parts, query, api.clock.now()), limit, clockKeyOf);
    },
  );
}
