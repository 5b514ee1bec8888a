import { z } from 'zod';
import {
  estateChangedSchema,
  estateChangeSchema,
  estateDefinitionSchema,
  idSchema,
} from '../contract/index.ts';
import { requestOf } from '../db/once.ts';
import { type Api, type App, requireEstate } from '../http/api.ts';
import { keyHeaders, keyOf } from '../http/keys.ts';

const params = z.object({ estate: idSchema });

/** Estates as they are declared, and how that is changed while everything runs. */
export function definitionRoutes(app: App, api: Api): void {
  app.get(
    '/api/estates/:estate/definition',
    {
      schema: {
        tags: ['estates'],
        summary: 'An estate as the cloud keeps it: assets, points and mappings, with its revision',
        params,
        response: { 200: estateDefinitionSchema },
      },
    },
    async ({ params: { estate }, access }) => {
      requireEstate(api, access, estate);
      return api.estates.definition(estate);
    },
  );
  app.post(
    '/api/estates/:estate/changes',
    {
      schema: {
        tags: ['estates'],
        summary:
          'Add assets, points and mappings and take mappings away, all of it or nothing, once for each Idempotency-Key',
        headers: keyHeaders,
        params,
        body: estateChangeSchema,
        response: { 200: estateChangedSchema },
      },
    },
    async ({ params: { estate }, body: { revision, ...edit }, headers, access }) => {
      requireEstate(api, access, estate);
      const by = access.author(api.clock.now());
      const request = requestOf('estate-change', estate, revision, edit, by.actor);
      const write = { key: keyOf(headers), request };
      const wish = { estate, edit: () => edit, by, revision, write };
      return api.estates.change(wish, async (_tx, changed) => ({ revision: changed.revision }));
    },
  );
}
