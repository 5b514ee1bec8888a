import {
  ownLimitSchema,
  pageSchema,
  reloadedSchema,
  restateLimitsSchema,
  restatementSchema,
  restateSchema,
} from '../../contract/index.ts';
import { restatementViews } from '../../standards/list.ts';
import { allRestatements } from '../../standards/restatements.ts';
import { type Api, type App, estatesOf, requireEstate } from '../api.ts';
import { listQuery, pageOfSorted } from '../paging.ts';
import { limitsOfRule, placeOf, reloaded } from './versions.ts';

/** The only ways by which a standard or a limit counts for a time that has passed. */
export function restatementRoutes(app: App, api: Api): void {
  app.get(
    '/api/standard/restatements',
    {
      schema: {
        tags: ['standard'],
        summary: 'What was made to count for a time that had passed, by whom and why; last first',
        querystring: listQuery,
        response: { 200: pageSchema(restatementSchema) },
      },
    },
    async ({ query, access }) => {
      const estates = estatesOf(api, access, query.estate);
      const all = restatementViews(await allRestatements(api.database));
      const shown = all.filter(
        ({ estate }) => estates === null || estate === null || estates.includes(estate),
      );
      return pageOfSorted(shown, query, ({ id }) => String(1e9 - id).padStart(10, '0'));
    },
  );
  app.post(
    '/api/standard/restatements',
    {
      schema: {
        tags: ['standard'],
        summary:
          'Let a standard count from a time that has passed: judge anew since then, page nobody',
        body: restateSchema,
        response: { 200: reloadedSchema },
      },
    },
    async ({ body: { reason, from, version = null }, access }) => {
      const by = access.author(api.clock.now());
      return reloaded(api, await api.changes.restateStandard({ by, reason, from, version }));
    },
  );
  app.post(
    '/api/standard/overrides/restatements',
    {
      schema: {
        tags: ['standard'],
        summary:
          "Let an estate's own numbers count from a time that has passed: judge anew since then, page nobody",
        body: restateLimitsSchema,
        response: { 200: pageSchema(ownLimitSchema) },
      },
    },
    async ({ body, access }) => {
      const estate = requireEstate(api, access, body.estate);
      const { from, numbers } = body;
      const by = access.author(api.clock.now());
      await api.changes.restateLimits({ ...placeOf(body, by), from, numbers });
      return limitsOfRule(api, estate, body.rule);
    },
  );
}
