import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CaretakerError } from '@caretaker/readings/base';
import { ownNames } from '@caretaker/readings/tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bears, type LocalAdministrator, type SessionRow } from '../local/index.ts';

/**
 * Who may use what. `page`: the signed-in local administrator. `figures`: also programs, by the token in
 * `metrics-token`. A route that is not here does not start.
 */
export const routeNeeds: Readonly<Record<string, 'open' | 'page' | 'figures'>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /style.css': 'open',
  'GET /sign-in': 'open',
  'POST /sign-in': 'open',
  'GET /code': 'open',
  'POST /code': 'open',
  'GET /': 'page',
  'GET /password': 'page',
  'POST /password': 'page',
  'POST /sign-out': 'page',
  'GET /red': 'page',
  'GET /red/*': 'page',
  'POST /red/*': 'page',
  'PUT /red/*': 'page',
  'DELETE /red/*': 'page',
  'GET /new-devices': 'page',
  'POST /new-devices/ignore': 'page',
  'GET /discovery': 'figures',
  'GET /status': 'figures',
  'GET /metrics': 'figures',
};

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // With `no-referrer` browsers would not say the origin of our own forms either.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export interface GuardOptions {
  readonly host: string;
  readonly publicUrl: string | null;
  /** Browsers reach it by https alone. */
  readonly secure: boolean;
  readonly administrator: LocalAdministrator;
  /** What programs bring. */
  readonly token: string;
  readonly now: () => number;
}

/** Lets through only who may come; afterwards it knows who came. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #sessions = new WeakMap<FastifyRequest, SessionRow>();

  readonly #isOurs: ReturnType<typeof ownNames>;
  readonly #origin: string | null;

  constructor(options: GuardOptions) {
    this.#options = options;
    const { host, publicUrl } = options;
    this.#isOurs = ownNames(host, publicUrl);
    this.#origin = publicUrl === null ? null : new URL(publicUrl).origin;
  }

  /** The session of a request, null without one. */
  sessionOf(request: FastifyRequest): SessionRow | null {
    return this.#sessions.get(request) ?? null;
  }

  /** Whether the figures are shown to who asks. */
  maySee(request: FastifyRequest): boolean {
    const { authorization } = request.headers;
    return this.sessionOf(request) !== null || bears(authorization, this.#options.token);
  }

  /** The token that a request came with; null without. */
  tokenOf({ headers }: { readonly headers: IncomingHttpHeaders }): string | null {
    const name = `${this.#cookie}=`;
    const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim());
    return cookies.find((one) => one.startsWith(name))?.slice(name.length) ?? null;
  }

  /** @param token null takes the cookie away. */
  setToken(reply: FastifyReply, token: string | null): void {
    const secure = this.#options.secure ? '; Secure' : '';
    const age = token === null ? '; Max-Age=0' : '';
    reply.header(
      'set-cookie',
      `${this.#cookie}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure}${age}`,
    );
  }

  /**
   * Whether a connection may be turned into a WebSocket. Browsers let pages of other ports begin one, with our cookie,
   * and say where the page is from.
   * @returns the token it came with; null when it may not
   */
  admitsUpgrade(request: IncomingMessage): string | null {
    const { administrator, now } = this.#options;
    const { host, origin = '' } = request.headers;
    if (!this.#isOurs(host, request.socket.localAddress)) return null;
    if (!isOwnOrigin(origin, host, this.#origin)) return null;
    const token = this.tokenOf(request);
    return token !== null && administrator.session(token, now()) !== null ? token : null;
  }

  /** With TLS the browser takes the cookie from this host alone, and sends it to nobody in the clear. */
  get #cookie(): string {
    return this.#options.secure ? '__Host-ctk_gateway' : 'ctk_gateway';
  }

  watch(app: FastifyInstance): void {
    const { secure } = this.#options;
    app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        if (needOf(one, url) === undefined) throw new Error(`nobody may use ${one} ${url}`);
      }
    });
    app.addHook('onRequest', async (request, reply) => {
      reply.headers(headers);
      // Not for localhost: other programs on this machine use that name without TLS.
      if (secure && !/^localhost(:\d+)?$/i.test(request.headers.host ?? '')) {
        reply.header('strict-transport-security', 'max-age=31536000');
      }
      // A browser made to resolve a foreign name to us sends that name.
      if (!this.#isOurs(request.headers.host, request.socket.localAddress)) throw foreignHost();
      checkOrigin(request, this.#origin);
      return await this.#checkWho(request, reply);
    });
  }

  async #checkWho(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const { administrator, now } = this.#options;
    const given = this.tokenOf(request);
    const session = given === null ? null : administrator.session(given, now());
    if (session !== null) this.#sessions.set(request, session);
    // A page that is not there is not there for anybody.
    const need = needOf(request.method, request.routeOptions.url ?? '') ?? 'open';
    if (need === 'open' || session !== null) return undefined;
    if (need === 'page') return await reply.redirect('/sign-in', 303);
    if (this.maySee(request)) return undefined;
    reply.header('www-authenticate', 'Bearer');
    throw new CaretakerError({
      code: 'EDGE_SIGN_IN_NEEDED',
      message:
        'The figures of the gateway are for its administrator and for programs with its token.',
      next: 'Sign in, or send the content of metrics-token in the data folder as a bearer token.',
    });
  }
}

function needOf(method: string, url: string): 'open' | 'page' | 'figures' | undefined {
  return routeNeeds[`${method === 'HEAD' ? 'GET' : method} ${url}`];
}

function foreignHost(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_HOST_UNKNOWN',
    message: 'The gateway is not known under that name.',
    next: 'Open this page by its own address.',
  });
}

function isOwnOrigin(origin: string, host: string | undefined, publicOrigin: string | null) {
  return (URL.canParse(origin) && new URL(origin).host === host) || origin === publicOrigin;
}

/**
 * A form of somebody else's page can be sent here, with our cookie or to put one of theirs into this browser:
 * only forms of our own are taken, which say so.
 */
function checkOrigin({ method, headers }: FastifyRequest, publicOrigin: string | null): void {
  if (method === 'GET' || method === 'HEAD') return;
  const { origin = '', host } = headers;
  if (headers['sec-fetch-site'] === 'same-origin') return;
  if (isOwnOrigin(origin, host, publicOrigin) && headers['sec-fetch-site'] === undefined) return;
  throw new CaretakerError({
    code: 'EDGE_ORIGIN_NOT_ALLOWED',
    message: 'Forms of other pages are not taken.',
    next: 'Open the page of the gateway itself.',
  });
}
