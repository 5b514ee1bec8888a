import { CaretakerError, type Clock } from '@caretaker/readings/base';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../identity/open.ts';
import type { Principal } from '../../identity/principal.ts';
import { Access, forbidden } from '../../policy/access.ts';
import { type RouteRule, ruleOf } from '../../policy/routes.ts';
import type { SessionCookie } from './cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the one who asks may do here. */
    access: Access;
    /** Token of the session that came as a cookie; null for programs and for nobody. */
    sessionToken: string | null;
    /** When a person who is signed in last proved who they are. */
    proved: number | null;
  }
}

export interface DoorParts {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly cookie: SessionCookie;
}

/** For so long a proof of who one is counts for what a stolen session must not do. */
const provedFor = 15 * 60_000;
const nobody = new Access({ kind: 'nobody' }, null, '');

/** Who asks, found out once for each request, and whether the table lets them. */
export function openDoors(app: FastifyInstance, parts: DoorParts): void {
  const rules = new Map<string, RouteRule>();
  app.decorateRequest('access');
  app.decorateRequest('sessionToken', null);
  app.decorateRequest('proved', null);
  app.addHook('onRoute', ({ method, url }) => {
    for (const verb of [method].flat()) rules.set(`${verb} ${url}`, ruleOf(verb, url));
  });
  app.addHook('onRequest', async (request, reply) => {
    request.access = nobody;
    const { url } = request.routeOptions;
    // Nothing is there: that may be said to everybody.
    if (url === undefined || request.is404) return;
    const rule = rules.get(`${request.method} ${url}`);
    if (rule === undefined) throw new Error(`no rule for ${request.method} ${url}`);
    await admit(parts, rule, request, reply);
  });
}

async function admit(
  parts: DoorParts,
  rule: RouteRule,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const who = await whoAsks(parts, request, reply);
  const action = rule.who === 'everybody' ? null : rule.who;
  request.access = new Access(who.principal, action, who.name);
  if (action === null) return;
  const { access } = request;
  if (who.principal.kind === 'nobody') throw notSignedIn();
  if (access.reach !== 'all' && access.reach.length === 0) throw forbidden(action);
  const writes = request.method !== 'GET' && request.method !== 'HEAD';
  if (writes && who.principal.kind === 'token' && who.principal.readOnly) throw readOnly();
  if (writes && request.sessionToken !== null) checkSameOrigin(request);
  if (rule.proved === true && request.proved !== null) {
    if (parts.clock.now() - request.proved > provedFor) throw notProved();
  }
}

interface Who {
  readonly principal: Principal;
  readonly name: string;
}

async function whoAsks(
  { identity, clock, cookie }: DoorParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Who> {
  const now = clock.now();
  const bearer = bearerOf(request);
  if (bearer !== null) {
    const principal = await identity.tokens.open(bearer, now);
    // Not refused here: what is for everybody is also for those whose token is over.
    if (principal === null) return { principal: { kind: 'nobody' }, name: '' };
    return { principal, name: principal.name };
  }
  const token = cookie.read(request);
  request.sessionToken = token;
  if (token === null) return { principal: { kind: 'nobody' }, name: '' };
  const known = await identity.signIn.principalOf(token, now);
  if (known === null) return { principal: { kind: 'nobody' }, name: '' };
  request.proved = known.confirmed;
  if (known.renew) {
    const fresh = await identity.sessions.rotate(token, now);
    // Null: the answer to another request of the same page carries the new one.
    if (fresh !== null) {
      cookie.give(reply, fresh);
      request.sessionToken = fresh;
    }
  }
  return { principal: known.principal, name: known.principal.name };
}

function bearerOf({ headers }: FastifyRequest): string | null {
  const given = headers.authorization;
  if (given === undefined) return null;
  return /^Bearer (\S+)$/i.exec(given)?.[1] ?? '';
}

/** The cookie goes with whatever a browser sends; only a page of ours may make it write. */
function checkSameOrigin({ headers }: FastifyRequest): void {
  // An Origin that is not ours was refused before.
  if (headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin') return;
  throw new CaretakerError({
    code: 'CLOUD_ORIGIN_NOT_ALLOWED',
    message: 'With the cookie of a session, writes are taken from pages of this server only.',
    next: 'Programs send an API token as "Authorization: Bearer".',
  });
}

function notSignedIn(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_SIGN_IN_NEEDED',
    message: 'Nobody is signed in, or the session or token is over.',
    next: 'Sign in, or send an API token as "Authorization: Bearer".',
  });
}

function readOnly(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TOKEN_READ_ONLY',
    message: 'This token may only read.',
    next: 'Make another token that may write.',
  });
}

function notProved(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_CONFIRM_NEEDED',
    message: 'This needs a fresh proof of who you are.',
    next: 'Give the password once more.',
  });
}
