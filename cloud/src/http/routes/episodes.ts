import { z } from 'zod';
import { episodeSchema, pageSchema } from '../../contract/index.ts';
import { episodeKey, listEpisodes } from '../../episodes/list.ts';
import { episodeOf } from '../../episodes/rows.ts';
import { type Api, type App, estatesOf } from '../api.ts';
import { decodeCursor, flagQuery, listQuery, pageOf } from '../paging.ts';

const ids = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10}){0,199}$/)
  .transform((list) => list.split(',').map(Number));
const episodeQuery = listQuery.extend({
  subject: z.string().max(200).optional(),
  item: z.string().max(100).optional(),
  rule: z.string().max(100).optional(),
  ids: ids.optional(),
  open: flagQuery.optional(),
  state: z.enum(['standing', 'reported', 'withdrawn', 'all']).default('standing'),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});
export function episodeRoutes(app: App, api: Api): void {
  app.get(
    '/api/episodes',
    {
      schema: {
        tags: ['work'],
        summary: 'Episodes, newest onset first; reported and withdrawn ones only when asked for',
        querystring: episodeQuery,
        response: { 200: pageSchema(episodeSchema) },
      },
    },
    async ({ query: { cursor, state, limit, estate, ...filter }, access }) => {
      const rows = await listEpisodes(api.database, {
        ...filter,
        estates: estatesOf(api, access, estate),
        ...(state === 'all' ? {} : { state }),
        limit: limit + 1,
        after: decodeCursor(cursor, episodeKey),
      });
      const page = pageOf(rows, limit, (row) => [row.onset, row.id]);
      return { ...page, items: page.items.map(episodeOf) };
    },
  );
}
