import { z } from 'zod';
import {
  type PlannedWork,
  pageSchema,
  plannedWorkRequestSchema,
  plannedWorkSchema,
} from '../../contract/index.ts';
import { listPlans } from '../../overlay/plans.ts';
import { type Api, type App, estatesOf, requireEstate } from '../api.ts';
import { keyHeaders, keyOf } from '../keys.ts';
import { decodeCursor, listQuery, pageOf } from '../paging.ts';

const planKey = z.tuple([z.number(), z.number()]);
const planParams = z.object({ id: z.coerce.number().int().positive() });

/** Work announced beforehand: it opens no tickets meanwhile, and uptime counts it apart. */
export function plannedRoutes(app: App, api: Api): void {
  app.get(
    '/api/planned-work',
    {
      schema: {
        tags: ['work'],
        summary: 'Planned work, latest beginning first, what was called off included',
        querystring: listQuery,
        response: { 200: pageSchema(plannedWorkSchema) },
      },
    },
    async ({ query: { estate, limit, cursor }, access }) => {
      const estates = estatesOf(api, access, estate);
      const after = decodeCursor(cursor, planKey);
      const plans = await listPlans(api.database, { estates, limit: limit + 1, after });
      const page = pageOf(plans, limit, (plan) => [plan.from, plan.id]);
      return { ...page, items: page.items.map((plan): PlannedWork => plan) };
    },
  );
  app.post(
    '/api/planned-work',
    {
      schema: {
        tags: ['work'],
        summary:
          'Announce planned work, once for each Idempotency-Key: not back-dated by more than 5 min, at most 14 days long',
        headers: keyHeaders,
        body: plannedWorkRequestSchema,
        response: { 201: plannedWorkSchema },
      },
    },
    async ({ body, headers, access }, reply) => {
      requireEstate(api, access, body.estate);
      return reply
        .code(201)
        .send(await api.planned.announce(body, access.author(api.clock.now()), keyOf(headers)));
    },
  );
  app.delete(
    '/api/planned-work/:id',
    {
      schema: {
        tags: ['work'],
        summary: 'Call planned work off, or end it now; it stays in the list',
        params: planParams,
        response: { 200: plannedWorkSchema },
      },
    },
    async ({ params, access }) => {
      access.require(await api.planned.estateOf(params.id, (estate) => access.sees(estate)));
      return api.planned.end(params.id, access.author(api.clock.now()));
    },
  );
}
