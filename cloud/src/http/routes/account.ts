import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Account,
  accountSchema,
  codeSchema,
  factorSecretSchema,
  issuedTokenSchema,
  newPasswordSchema,
  newTokenSchema,
  pageSchema,
  recoverySchema,
  renameSchema,
  tokenSchema,
} from '../../contract/index.ts';
import { actorOf } from '../../identity/deed.ts';
import { hasSecondFactor } from '../../identity/second-factor.ts';
import type { Api, App } from '../api.ts';
import { listed } from './session.ts';

const tags = ['account'];
const sessionParams = z.object({ id: z.uuid() });
const done = { 204: z.null() };

/** What people do with their own account. */
export function accountRoutes(app: App, api: Api): void {
  app.get(
    '/api/account',
    { schema: { tags, summary: 'My account and my sessions', response: { 200: accountSchema } } },
    (request) => accountOf(api, request),
  );
  nameAndPassword(app, api);
  secondFactor(app, api);
  sessions(app, api);
  tokens(app, api);
}

/** Whose account it is. The table lets nobody but signed-in people come here. */
function own({ access }: FastifyRequest): { id: string; session: string } {
  if (access.principal.kind !== 'person') throw new Error('the policy let a program in');
  return access.principal;
}

async function accountOf(api: Api, request: FastifyRequest): Promise<Account> {
  const { identity, clock, database } = api;
  const { id, session } = own(request);
  const { login, name, grants } = await identity.people.read(id);
  const open = await identity.sessions.list(id, clock.now());
  return {
    id,
    login,
    name,
    grants: listed(grants),
    hasPassword: await identity.people.hasPassword(id),
    sessions: open.map((one) => ({ ...one, current: one.id === session })),
    secondFactor: {
      on: await hasSecondFactor(database.read, id),
      recoveryLeft: await identity.factors.left(id),
    },
  };
}

function nameAndPassword(app: App, api: Api): void {
  app.post(
    '/api/account/name',
    { schema: { tags, summary: 'Change my name', body: renameSchema, response: done } },
    async (request, reply) => {
      const by = request.access.by(api.clock.now());
      await api.identity.people.rename(by, own(request).id, request.body.name);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/account/password',
    {
      schema: {
        tags,
        summary: 'Change my password; my other sessions end',
        body: newPasswordSchema,
        response: done,
      },
    },
    async (request, reply) => {
      const { ip: address, sessionToken, body } = request;
      const { signIn } = api.identity;
      const change = { ...body, address };
      const token = await signIn.changePassword(sessionToken ?? '', change, api.clock.now());
      api.cookie.give(reply, token);
      return reply.code(204).send(null);
    },
  );
}

function secondFactor(app: App, api: Api): void {
  const { factors } = api.identity;
  const byOf = (request: FastifyRequest) => request.access.by(api.clock.now());
  app.post(
    '/api/account/second-factor',
    {
      schema: {
        tags,
        summary:
          'Begin a second factor: a secret for the app, not asked for until a first code came',
        response: { 200: factorSecretSchema },
      },
    },
    (request) => factors.begin(byOf(request), own(request).id),
  );
  app.post(
    '/api/account/second-factor/confirm',
    {
      schema: {
        tags,
        summary: 'The first code of the app; gives recovery codes, once',
        body: codeSchema,
        response: { 200: recoverySchema },
      },
    },
    async (request) => {
      const codes = await factors.confirm(byOf(request), own(request).id, request.body.code);
      return { recovery: [...codes] };
    },
  );
  app.post(
    '/api/account/recovery',
    {
      schema: { tags, summary: 'New recovery codes, once', response: { 200: recoverySchema } },
    },
    async (request) => ({
      recovery: [...(await factors.renewRecovery(byOf(request), own(request).id))],
    }),
  );
  app.delete(
    '/api/account/second-factor',
    { schema: { tags, summary: 'Give up my second factor', response: done } },
    async (request, reply) => {
      await factors.remove(byOf(request), own(request).id);
      return reply.code(204).send(null);
    },
  );
}

function sessions(app: App, api: Api): void {
  const { sessions: all } = api.identity;
  app.delete(
    '/api/account/sessions/:id',
    { schema: { tags, summary: 'End one of my sessions', params: sessionParams, response: done } },
    async (request, reply) => {
      const by = request.access.by(api.clock.now());
      await all.end(by, own(request).id, request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/account/sessions',
    { schema: { tags, summary: 'Sign me out everywhere, here too', response: done } },
    async (request, reply) => {
      await all.endAll(request.access.by(api.clock.now()), own(request).id, null);
      api.cookie.clear(reply);
      return reply.code(204).send(null);
    },
  );
}

function tokens(app: App, api: Api): void {
  const { tokens: all } = api.identity;
  app.get(
    '/api/account/tokens',
    {
      schema: {
        tags,
        summary: 'My tokens for programs, the newest first',
        response: { 200: pageSchema(tokenSchema) },
      },
    },
    async (request) => {
      const items = await all.list(own(request).id);
      return { items: items.map((one) => ({ ...one, grants: listed(one.grants) })), next: null };
    },
  );
  app.post(
    '/api/account/tokens',
    {
      schema: {
        tags,
        summary: 'A new token, shown once; it never may do more than I may',
        body: newTokenSchema,
        response: { 201: issuedTokenSchema },
      },
    },
    async (request, reply) => {
      const { id } = own(request);
      const by = { actor: actorOf(id), at: api.clock.now() };
      return reply.code(201).send(await all.create(by, id, request.body));
    },
  );
  app.delete(
    '/api/account/tokens/:id',
    { schema: { tags, summary: 'Revoke one of my tokens', params: sessionParams, response: done } },
    async (request, reply) => {
      await all.revoke(request.access.by(api.clock.now()), own(request).id, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
