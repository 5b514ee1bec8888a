import { z } from 'zod';
import {
  cloudCredentialSchema,
  idSchema,
  issuedCredentialSchema,
  newCredentialSchema,
  pageSchema,
} from '../contract/index.ts';
import type { Api, App } from '../http/api.ts';
import type { Access } from '../policy/access.ts';

const params = z.object({ id: idSchema });

/** Credentials of devices that reach their gateway with its configuration. */
export function credentialRoutes(app: App, api: Api): void {
  app.get(
    '/api/gateways/:id/credentials',
    {
      schema: {
        tags: ['gateways'],
        summary: 'Credentials that the cloud gave devices and bridges of a gateway',
        params,
        response: { 200: pageSchema(cloudCredentialSchema) },
      },
    },
    async ({ params: { id }, access }) => {
      requireGateway(api, access, id);
      return { items: await api.credentials.list(id), next: null };
    },
  );
  app.post(
    '/api/gateways/:id/credentials',
    {
      schema: {
        tags: ['gateways'],
        summary:
          'A credential for a device or bridge; the secret is shown once, and the gateway knows it a moment later',
        params,
        body: newCredentialSchema,
        response: { 201: issuedCredentialSchema },
      },
    },
    async ({ params: { id }, body, access }, reply) => {
      const estate = api.directory.estates.get(requireGateway(api, access, id));
      const own = estate?.assets.filter(({ gateway }) => gateway === id) ?? [];
      const assets = new Set(own.map((asset) => asset.id));
      const by = access.author(api.clock.now());
      const secret = await api.credentials.issue(id, body, assets, by);
      return reply.code(201).send({ id: body.id, secret });
    },
  );
  app.delete(
    '/api/gateways/:id/credentials/:credential',
    {
      schema: {
        tags: ['gateways'],
        summary:
          'End a credential that the cloud gave; the gateway cuts off whoever is connected by it',
        params: params.extend({ credential: idSchema }),
        response: { 204: z.null() },
      },
    },
    async ({ params: { id, credential }, access }, reply) => {
      requireGateway(api, access, id);
      await api.credentials.revoke(id, credential, access.by(api.clock.now()));
      return reply.code(204).send(null);
    },
  );
}

/** @returns its estate */
function requireGateway(api: Api, access: Access, gateway: string): string {
  const estate = api.gateways.estateOf(gateway, (of) => access.sees(of));
  access.require(estate);
  return estate;
}
