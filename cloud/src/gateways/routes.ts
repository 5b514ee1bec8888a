import {
  enrolAnswerSchema,
  enrolRequestSchema,
  rotateRequestSchema,
} from '@caretaker/readings/uplink';
import { z } from 'zod';
import {
  gatewayAccessSchema,
  gatewayCodeRequestSchema,
  gatewayCodeSchema,
  idSchema,
  pageSchema,
} from '../contract/index.ts';
import { type Api, type App, estatesOf, requireEstate } from '../http/api.ts';
import { listQuery, pageOfSorted } from '../http/paging.ts';

const gatewayParams = z.object({ id: idSchema });
/** Longer than any token of a gateway. */
const rotationSchema = rotateRequestSchema.extend({ token: z.string().max(2_000) });

/** How gateways come to be trusted, and stop being. */
export function gatewayRoutes(app: App, api: Api): void {
  managing(app, api);
  enrolling(app, api);
}

function managing(app: App, api: Api): void {
  app.get(
    '/api/gateways',
    {
      schema: {
        tags: ['gateways'],
        summary: 'Gateways with their keys and the credentials of their devices, by id',
        querystring: listQuery,
        response: { 200: pageSchema(gatewayAccessSchema) },
      },
    },
    async ({ query, access }) => {
      const estates = estatesOf(api, access, query.estate);
      const all = await api.gateways.list();
      const wanted = all.filter(({ estate }) => estates === null || estates.includes(estate));
      return pageOfSorted(wanted, query, ({ id }) => id);
    },
  );
  app.post(
    '/api/gateways/:id/code',
    {
      schema: {
        tags: ['gateways'],
        summary:
          'A code to enrol a gateway with, shown once; earlier ones that nobody used are void',
        params: gatewayParams,
        body: gatewayCodeRequestSchema,
        response: { 201: gatewayCodeSchema },
      },
    },
    async ({ params, body, access }, reply) => {
      requireEstate(api, access, body.estate);
      const by = access.by(api.clock.now());
      return reply.code(201).send(await api.gateways.code(params.id, body.estate, by));
    },
  );
  app.post(
    '/api/gateways/:id/revoke',
    {
      schema: {
        tags: ['gateways'],
        summary: 'End every key and code of a gateway, and cut it off',
        params: gatewayParams,
        response: { 204: z.null() },
      },
    },
    async ({ params: { id }, access }, reply) => {
      const estate = api.gateways.estateOf(id, (of) => access.sees(of));
      access.require(estate);
      await api.gateways.revoke(id, access.by(api.clock.now()));
      return reply.code(204).send(null);
    },
  );
}

function enrolling(app: App, api: Api): void {
  app.post(
    '/api/gateways/enrol',
    {
      schema: {
        tags: ['gateways'],
        summary: 'A gateway shows its code and the public half of its key',
        body: enrolRequestSchema,
        response: { 200: enrolAnswerSchema },
      },
    },
    ({ body, ip }) => api.gateways.enrol(body, ip),
  );
  app.post(
    '/api/gateways/rotate',
    {
      schema: {
        tags: ['gateways'],
        summary:
          'A gateway replaces its key; the present one, which signed the token, is good for an hour more',
        body: rotationSchema,
        response: { 200: enrolAnswerSchema },
      },
    },
    ({ body: { token, ...request }, ip }) => api.gateways.rotate(token, request, ip),
  );
}
