import { z } from 'zod';
import {
  discoveryConfirmSchema,
  discoveryIgnoreSchema,
  discoverySchema,
  idSchema,
  pageSchema,
} from '../contract/index.ts';
import { type Api, type App, estatesOf } from '../http/api.ts';
import { keyHeaders, keyOf } from '../http/keys.ts';
import { decodeCursor, listQuery, pageOf } from '../http/paging.ts';
import type { Access } from '../policy/access.ts';

const params = z.object({ id: z.string().regex(/^[\w-]{22}$/) });
const place = z.tuple([z.number(), z.string()]);
const tags = ['gateways'];

/** Devices that gateways hear and that no mapping names. */
export function discoveryRoutes(app: App, api: Api): void {
  app.get(
    '/api/discovery',
    {
      schema: {
        tags,
        summary: 'Devices that talk and that no mapping names, heard last first',
        querystring: listQuery.extend({
          gateway: idSchema.optional(),
          state: discoverySchema.shape.state.optional(),
        }),
        response: { 200: pageSchema(discoverySchema) },
      },
    },
    async ({ query: { estate, gateway, state, limit, cursor }, access }) => {
      const estates = estatesOf(api, access, estate);
      const after = decodeCursor(cursor, place);
      const filter = { estates, gateway, state, limit: limit + 1, after };
      return pageOf(await api.discovery.list(filter), limit, ({ last, id }) => [last, id]);
    },
  );
  deciding(app, api);
}

function deciding(app: App, api: Api): void {
  app.post(
    '/api/discovery/:id/confirm',
    {
      schema: {
        tags,
        summary:
          'Take a device into its estate with assets, points and mappings, once for each Idempotency-Key',
        headers: keyHeaders,
        params,
        body: discoveryConfirmSchema,
        response: { 200: discoverySchema },
      },
    },
    async ({ params: { id }, body, headers, access }) => {
      const row = await required(api, access, id);
      return api.discovery.confirm(row, body, access.author(api.clock.now()), keyOf(headers));
    },
  );
  app.post(
    '/api/discovery/:id/ignore',
    {
      schema: {
        tags,
        summary: 'Say that a device is none of ours, or that it may be after all',
        params,
        body: discoveryIgnoreSchema,
        response: { 200: discoverySchema },
      },
    },
    async ({ params: { id }, body: { ignored }, access }) => {
      const row = await required(api, access, id);
      return api.discovery.ignore(row, ignored, access.author(api.clock.now()));
    },
  );
}

async function required(api: Api, access: Access, id: string) {
  const row = await api.discovery.find(id, (estate) => access.sees(estate));
  access.require(row.estate);
  return row;
}
