import { CaretakerError } from '@caretaker/readings/base';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  companyBegunSchema,
  companyLinkRequestSchema,
  companyLinkSchema,
} from '../../contract/index.ts';
import type { Oidc } from '../../identity/oidc/open.ts';
import { pendingFor } from '../../identity/oidc/pending.ts';
import type { Api, App } from '../api.ts';
import { problemOf } from '../problems.ts';

/** What these routes need of the rest of the doors. */
export interface OidcDoor {
  /** Null where no provider is set up. */
  readonly oidc: Oidc | null;
  /** Address of ours that the provider sends people back to; the same whatever a request names as host. */
  readonly origin: () => string;
  readonly now: () => number;
  /** Token of the session that a request comes with. */
  readonly tokenOf: (request: FastifyRequest) => string | null;
  readonly giveToken: (reply: FastifyReply, token: string) => void;
  /** Id of the person who is signed in; throws for everybody else. */
  readonly who: (request: FastifyRequest) => Promise<string>;
  /** The same of somebody who has just proved who they are, with their session. */
  readonly proved: (request: FastifyRequest) => Promise<{ person: string; session: string }>;
}

const beginQuery = z.object({
  return: z.string().max(500).optional(),
  /** `1`: ask for a proof even if the browser is known there. */
  again: z.literal('1').optional(),
});

const hidden = { hide: true } as const;

/** Sign-in with the company's own accounts (OpenID Connect). */
export function oidcRoutes(app: App, door: OidcDoor): void {
  const cookie = cookieOf(door);
  app.get(
    '/api/oidc/start',
    { schema: { ...hidden, querystring: beginQuery }, exposeHeadRoute: false },
    async ({ query, headers, host }, reply) => {
      const elsewhere = elsewhereOf(door, host, query);
      if (elsewhere !== null) return reply.redirect(elsewhere, 303);
      return orSignInPage(reply, headers.accept, async () => {
        const wanted = { back: query.return, again: query.again === '1', link: null };
        const { signIn } = setUp(door);
        const { location, sealed } = await signIn.begin(wanted, redirectUri(door), door.now());
        cookie.put(reply, sealed);
        return location;
      });
    },
  );
  app.get(
    '/api/oidc/callback',
    { schema: hidden, exposeHeadRoute: false },
    async (request, reply) => {
      const sealed = cookie.read(request);
      cookie.clear(reply);
      return orSignInPage(reply, request.headers.accept, async () => {
        const { signIn } = setUp(door);
        const from = { address: request.ip, agent: request.headers['user-agent'] ?? '' };
        const query = request.url.slice(request.url.indexOf('?'));
        const answer = { ...from, query, sealed, previous: door.tokenOf(request) };
        const done = await signIn.finish(answer, redirectUri(door), door.now());
        if (done.kind === 'session') door.giveToken(reply, done.token);
        return done.back;
      });
    },
  );
  linkRoutes(app, door, cookie);
}

function linkRoutes(app: App, door: OidcDoor, cookie: ReturnType<typeof cookieOf>): void {
  app.get(
    '/api/oidc/link',
    {
      schema: {
        tags: ['account'],
        summary: 'Whether my account is linked to the sign-in provider',
        response: { 200: companyLinkSchema },
      },
    },
    async (request) => {
      const { name, linked } = setUp(door);
      return { name, linked: await linked.linkedAt(await door.who(request)) };
    },
  );
  app.post(
    '/api/oidc/link',
    {
      schema: {
        tags: ['account'],
        summary: 'Begin to link my account to the sign-in provider: go to the address given',
        body: companyLinkRequestSchema,
        response: { 200: companyBegunSchema },
      },
    },
    async (request, reply) => {
      const { signIn } = setUp(door);
      const link = await door.proved(request);
      // On a shared machine the browser may be known there as somebody else.
      const wanted = { back: request.body.return, again: true, link };
      const { location, sealed } = await signIn.begin(wanted, redirectUri(door), door.now());
      cookie.put(reply, sealed);
      return { location };
    },
  );
  app.delete(
    '/api/oidc/link',
    {
      schema: {
        tags: ['account'],
        summary: 'Undo the link; roles that came by it go, and my other sessions end',
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { linked } = setUp(door);
      const { person, session } = await door.proved(request);
      await linked.unlink({ at: door.now(), actor: `person:${person}` }, person, session);
      return reply.code(204).send(null);
    },
  );
}

/** Under what address people come. */
interface Where {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly secure: boolean;
}

/** The doors as this cloud has them. */
export function oidcDoor(
  app: App,
  { oidc, clock, cookie }: Pick<Api, 'oidc' | 'clock' | 'cookie'>,
  { host, publicUrl, secure }: Where,
): OidcDoor {
  const own = ({ access: { principal } }: FastifyRequest) => {
    if (principal.kind !== 'person') throw new Error('the policy let a program in');
    return { person: principal.id, session: principal.session };
  };
  return {
    oidc,
    origin() {
      if (publicUrl !== null) return new URL(publicUrl).origin;
      const address = app.server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const name = host.includes(':') ? `[${host}]` : host;
      return new URL(`${secure ? 'https' : 'http'}://${name}:${port}`).origin;
    },
    now: () => clock.now(),
    tokenOf: (request) => request.sessionToken,
    giveToken: (reply, token) => cookie.give(reply, token),
    who: async (request) => own(request).person,
    // That the proof is fresh is said by the table.
    proved: async (request) => own(request),
  };
}

const redirectUri = (door: OidcDoor): string => `${door.origin()}/api/oidc/callback`;

/**
 * The cookie of a sign-in belongs to one name of this server, and the provider sends people to one. On loopback,
 * which has several, the browser is taken there first; behind a proxy the host of a request says nothing.
 */
function elsewhereOf(
  door: OidcDoor,
  host: string,
  query: z.infer<typeof beginQuery>,
): string | null {
  const ours = new URL(door.origin());
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const asked = `${ours.protocol}//${host}`;
  if (!names.includes(ours.hostname) || !URL.canParse(asked)) return null;
  const { hostname, port } = new URL(asked);
  if (hostname === ours.hostname || port !== ours.port || !names.includes(hostname)) return null;
  const kept = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${ours.origin}/api/oidc/start?${new URLSearchParams(kept as [string, string][])}`;
}

/** Sends the browser on; what went wrong is said by the sign-in page to people, and as a problem to programs. */
async function orSignInPage(
  reply: FastifyReply,
  accept: string | undefined,
  work: () => Promise<string>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    return reply.redirect(await work(), 303);
  } catch (error) {
    const { code, status } = problemOf(error);
    if (status === 500 || accept?.includes('text/html') !== true) throw error;
    return reply.redirect(`/sign-in?${new URLSearchParams({ problem: code })}`, 303);
  }
}

function setUp({ oidc }: OidcDoor): Oidc {
  if (oidc !== null) return oidc;
  throw new CaretakerError({
    code: 'CLOUD_OIDC_OFF',
    message: 'No sign-in provider is set up.',
    next: 'Sign in with a password, or set CARETAKER_OIDC_ISSUER.',
  });
}

/** Lax, for the browser comes back from another site; sealed, for it holds what makes the answer ours. */
function cookieOf(door: OidcDoor) {
  const form = () => {
    const secure = door.origin().startsWith('https:');
    const name = secure ? '__Host-ctk_oidc' : 'ctk_oidc';
    return { name, rest: `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}` };
  };
  const set = (reply: FastifyReply, value: string, seconds: number) => {
    const { name, rest } = form();
    reply.header('set-cookie', `${name}=${value}; Max-Age=${seconds}; ${rest}`);
  };
  return {
    put: (reply: FastifyReply, sealed: string) => set(reply, sealed, pendingFor / 1000),
    clear: (reply: FastifyReply) => set(reply, '', 0),
    read(request: FastifyRequest): string | null {
      const { name } = form();
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      const found = pairs.find((pair) => pair.startsWith(`${name}=`));
      return found?.slice(name.length + 1) ?? null;
    },
  };
}
