import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  codeSchema,
  confirmSchema,
  firstSchema,
  type SessionInfo,
  sessionSchema,
  signInSchema,
  takeInviteSchema,
} from '../../contract/index.ts';
import { grantsOf } from '../../identity/grants.ts';
import { hasAdministrator } from '../../identity/people.ts';
import type { Grant, Principal } from '../../identity/principal.ts';
import { hasSecondFactor } from '../../identity/second-factor.ts';
import { mayOf, rolesByAction } from '../../policy/actions.ts';
import type { Api, App } from '../api.ts';

const tags = ['account'];

/** How people come in and go. */
export function sessionRoutes(app: App, api: Api): void {
  app.get(
    '/api/session',
    {
      schema: { tags, summary: 'Who asks, and what they may do', response: { 200: sessionSchema } },
    },
    (request) => infoOf(api, request, request.sessionToken),
  );
  byPassword(app, api);
  byCode(app, api);
  app.post(
    '/api/session/confirm',
    {
      schema: {
        tags,
        summary: 'Prove once more who one is, for what a stolen session must not do',
        body: confirmSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { signIn } = api.identity;
      const { password } = request.body;
      const now = api.clock.now();
      const token = await signIn.confirm(request.sessionToken ?? '', password, request.ip, now);
      return signedIn(api, request, reply, token);
    },
  );
  app.delete(
    '/api/session',
    { schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const { sessionToken: token } = request;
      if (token !== null) await api.identity.sessions.signOut(token, api.clock.now());
      api.cookie.clear(reply);
      return reply.code(204).send(null);
    },
  );
}

function byPassword(app: App, api: Api): void {
  app.post(
    '/api/session',
    {
      schema: {
        tags,
        summary: 'Sign in with login and password; half when a second factor is to follow',
        body: signInSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const given = { ...request.body, ...fromOf(request) };
      const { token } = await api.identity.signIn.withPassword(given, api.clock.now());
      return signedIn(api, request, reply, token);
    },
  );
  app.post(
    '/api/session/code',
    {
      schema: {
        tags,
        summary: 'The second factor: a code of the app, or a recovery code',
        body: codeSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { signIn } = api.identity;
      const { code } = request.body;
      const now = api.clock.now();
      const token = await signIn.withCode(request.sessionToken ?? '', code, request.ip, now);
      return signedIn(api, request, reply, token);
    },
  );
}

function byCode(app: App, api: Api): void {
  app.post(
    '/api/session/link',
    {
      schema: {
        tags,
        summary: 'Sign in by the link that the cloud prints when it starts on this machine',
        body: codeSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { codes } = api.identity;
      const token = await codes.takeLink(request.body.code, fromOf(request), api.clock.now());
      return signedIn(api, request, reply, token);
    },
  );
  app.post(
    '/api/first',
    {
      schema: {
        tags,
        summary: 'The first administrator, by the code that the cloud printed',
        body: firstSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { code, ...person } = request.body;
      const now = api.clock.now();
      await api.identity.first.redeem(code, person, request.ip, now);
      const given = { ...person, ...fromOf(request) };
      const { token } = await api.identity.signIn.withPassword(given, now);
      return signedIn(api, request, reply, token);
    },
  );
  app.post(
    '/api/invite',
    {
      schema: {
        tags,
        summary: 'Set the password of an account that was made for one, and sign in',
        body: takeInviteSchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { code, password } = request.body;
      const now = api.clock.now();
      const login = await api.identity.codes.takeInvite(code, password, request.ip, now);
      const given = { login, password, ...fromOf(request) };
      const { token } = await api.identity.signIn.withPassword(given, now);
      return signedIn(api, request, reply, token);
    },
  );
}

function fromOf(request: FastifyRequest) {
  return {
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
    previous: request.sessionToken,
  };
}

async function signedIn(
  api: Api,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<SessionInfo> {
  api.cookie.give(reply, token);
  return infoOf(api, request, token);
}

/** @param token of the session that the next request will carry; null for programs and nobody */
async function infoOf(
  api: Api,
  { access }: FastifyRequest,
  token: string | null,
): Promise<SessionInfo> {
  const { identity, clock, database, oidc } = api;
  const common = {
    first: !(await hasAdministrator(database.read)),
    oidc: oidc && { name: oidc.name },
  };
  const nobody = { person: null, token: null, grants: [], may: {}, roles: {}, confirmed: null };
  const none = { ...common, ...nobody };
  if (access.principal.kind === 'token') {
    const { id, grants } = access.principal;
    const may = mayOf(access.principal);
    const known = { token: { id }, grants: listed(grants), may: told(may), roles: rolesByAction() };
    return { ...none, ...known, secondFactor: false, state: 'full' };
  }
  const opened = token === null ? null : await identity.sessions.open(token, clock.now());
  if (opened === null) return { ...none, state: 'none', secondFactor: false };
  if (opened.stage === 'half') return { ...none, state: 'half', secondFactor: true };
  const { login, name } = await identity.people.read(opened.person);
  const grants = await grantsOf(database.read, opened.person);
  const { session } = opened;
  const principal: Principal = { kind: 'person', id: opened.person, name, grants, session };
  return {
    ...common,
    state: 'full',
    person: { id: opened.person, login, name },
    token: null,
    grants: listed(grants),
    may: told(mayOf(principal)),
    roles: rolesByAction(),
    confirmed: opened.confirmed,
    secondFactor: await hasSecondFactor(database.read, opened.person),
  };
}

/** As the contract has them: lists that may be changed. */
export function listed(grants: readonly Grant[]): SessionInfo['grants'] {
  return grants.map(({ role, estates }) => ({
    role,
    estates: estates === 'all' ? estates : [...estates],
  }));
}

function told(may: ReturnType<typeof mayOf>): SessionInfo['may'] {
  return Object.fromEntries(
    Object.entries(may).map(([action, scope]) => [action, scope === 'all' ? scope : [...scope]]),
  );
}
