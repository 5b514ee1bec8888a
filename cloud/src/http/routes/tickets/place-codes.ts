import { z } from 'zod';
import { auditInto } from '../../../audit/chain.ts';
import {
  idSchema,
  type PlaceCodeRequest,
  pageSchema,
  placeCodeRequestSchema,
  placeCodeSchema,
} from '../../../contract/index.ts';
import {
  listPlaceCodes,
  makePlaceCode,
  revokePlaceCode,
} from '../../../tickets/acts/place-codes.ts';
import { placeSubject } from '../../../tickets/acts/world.ts';
import { type Api, type App, requireAsset, requireEstate } from '../../api.ts';
import { refusals } from '../../refusals.ts';
import { ticketParts } from './parts.ts';

const params = z.object({ estate: idSchema });
const oneParams = params.extend({ code: z.string().min(1).max(100) });

/** Codes on walls, by which somebody proves that they are there. */
export function placeCodeRoutes(app: App, api: Api): void {
  const { world } = ticketParts(api);
  const base = { database: api.database, audit: auditInto(api.chain), world };
  app.get(
    '/api/estates/:estate/place-codes',
    {
      schema: {
        tags: ['work'],
        summary: 'Codes of an estate that count, with the text of each QR code',
        params,
        response: { 200: pageSchema(placeCodeSchema), ...refusals },
      },
    },
    async ({ params: { estate }, access, protocol, host }) => {
      requireEstate(api, access, estate);
      const parts = { ...base, address: api.publicUrl ?? `${protocol}://${host}` };
      return { items: await listPlaceCodes(parts, estate), next: null };
    },
  );
  app.post(
    '/api/estates/:estate/place-codes',
    {
      schema: {
        tags: ['work'],
        summary: 'Make a code for an asset or a place, to be printed and put on the wall there',
        params,
        body: placeCodeRequestSchema,
        response: { 201: placeCodeSchema, ...refusals },
      },
    },
    async ({ params: { estate }, body, access, protocol, host }, reply) => {
      requireEstate(api, access, estate);
      if ('subject' in body) requireAsset(api, access, body.subject);
      const address = api.publicUrl ?? `${protocol}://${host}`;
      const by = access.by(api.clock.now());
      const made = await makePlaceCode({ ...base, address }, estate, subjectOf(estate, body), by);
      return reply.code(201).send(made);
    },
  );
  app.delete(
    '/api/estates/:estate/place-codes/:code',
    {
      schema: {
        tags: ['work'],
        summary: 'Let a code count no more: it was lost, or somebody has a picture of it',
        params: oneParams,
        response: { 204: z.null(), ...refusals },
      },
    },
    async ({ params: { estate, code }, access }, reply) => {
      requireEstate(api, access, estate);
      await revokePlaceCode(base, estate, code, access.by(api.clock.now()));
      return reply.code(204).send(null);
    },
  );
}

function subjectOf(estate: string, wanted: PlaceCodeRequest): string {
  return 'subject' in wanted ? wanted.subject : placeSubject(estate, wanted.place);
}
