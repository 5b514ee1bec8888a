import { z } from 'zod';
import {
  pageSchema,
  savedFilterRequestSchema,
  savedFilterSchema,
} from '../../../contract/index.ts';
import type { Access } from '../../../policy/access.ts';
import { forbidden } from '../../../policy/access.ts';
import { removeFilter, savedFilters, saveFilter } from '../../../tickets/saved-filters.ts';
import { type Api, type App, estatesOf } from '../../api.ts';
import { refusedWith, shown } from '../../documented.ts';

const filterParams = z.object({ id: z.coerce.number().int().positive() });
const request = {
  name: 'Late at the gates',
  query: { state: 'late', touchpoint: 'TP01', sort: 'due' },
} as const;
const kept = { ...request, id: 7, created: 1_796_000_000_000 };

function personOf({ principal }: Access): string {
  if (principal.kind !== 'person') throw forbidden('self');
  return principal.id;
}

/** Searches that people keep for themselves. */
export function ticketFilterRoutes(app: App, api: Api): void {
  app.get(
    '/api/tickets/filters',
    {
      schema: {
        tags: ['work'],
        summary: 'The filters that you keep, by name',
        response: {
          200: shown(pageSchema(savedFilterSchema), { items: [kept], next: null }),
          ...refusedWith(),
        },
      },
    },
    async ({ access }) => ({
      items: await savedFilters(api.database, personOf(access)),
      next: null,
    }),
  );
  app.post(
    '/api/tickets/filters',
    {
      schema: {
        tags: ['work'],
        summary: 'Keep a filter; one of the same name gives way',
        body: shown(savedFilterRequestSchema, request),
        response: {
          201: shown(savedFilterSchema, kept),
          ...refusedWith('CLOUD_ESTATE_UNKNOWN', 'CLOUD_TICKET_FILTERS_FULL'),
        },
      },
    },
    async ({ body, access }, reply) => {
      const person = personOf(access);
      // Kept is what could be asked for now.
      if (body.query.estate !== undefined) estatesOf(api, access, body.query.estate);
      const saved = await saveFilter(api.database, person, body, api.clock.now());
      return reply.code(201).send(saved);
    },
  );
  app.delete(
    '/api/tickets/filters/:id',
    {
      schema: {
        tags: ['work'],
        summary: 'Remove one of your filters',
        params: filterParams,
        response: { 204: z.null(), ...refusedWith('CLOUD_TICKET_FILTER_UNKNOWN') },
      },
    },
    async ({ params, access }, reply) => {
      await removeFilter(api.database, personOf(access), params.id);
      return reply.code(204).send(null);
    },
  );
}
