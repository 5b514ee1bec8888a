import { CaretakerError } from '@caretaker/readings/base';
import { ownNames } from '@caretaker/readings/tls';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, sendProblem } from './problems.ts';

const contentPolicy = [
  "default-src 'self'",
  // The reader of codes at a place is WebAssembly from our own origin; no text becomes script by this.
  "script-src 'self' 'wasm-unsafe-eval'",
  // The web app takes of its component library only what sets no styles in the page itself.
  "style-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const safeHeaders = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const aYear = 'max-age=31536000';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It takes the bytes of a file, of whatever type. */
    takes?: 'file';
  }
}

export interface GuardConfig {
  readonly host: string;
  readonly publicUrl: string | null;
  readonly secure: boolean;
}

/** A browser would ask for https at every port of the name for a year, and other programs use that name too. */
function isLocal({ headers: { host = '' } }: FastifyRequest): boolean {
  return /^localhost(:\d+)?$/i.test(host);
}

/** What Fastify refuses before any of our hooks: an address that cannot be read, or with too long a part. */
export function refuseAddress(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  const detail = 'The address of this request cannot be read, or a part of it is too long.';
  const known = problemOf(new CaretakerError({ code: 'CLOUD_REQUEST_INVALID', message: detail }));
  reply.headers(safeHeaders);
  sendProblem(reply, { ...known, status });
}

/**
 * Refuses what a page of somebody else could make a browser on this machine send: a name that was rebound to
 * our address has the wrong `Host`, a foreign page the wrong `Origin`.
 */
export function guardHttp(app: FastifyInstance, config: GuardConfig): void {
  const { host, publicUrl, secure } = config;
  const origin = publicUrl === null ? null : new URL(publicUrl).origin;
  const isOurs = ownNames(host, publicUrl);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(safeHeaders);
    if (secure && !isLocal(request)) reply.header('strict-transport-security', aYear);
    checkHost(request, isOurs);
    checkOrigin(request, origin);
    checkBody(request);
  });
}

function checkHost(request: FastifyRequest, isOurs: ReturnType<typeof ownNames>): void {
  if (isOurs(request.headers.host, request.socket.localAddress)) return;
  throw new CaretakerError({
    code: 'CLOUD_HOST_NOT_ALLOWED',
    message: 'This server is not known under that name.',
    next: 'Use 127.0.0.1 or localhost, or set CARETAKER_PUBLIC_URL.',
  });
}

function checkOrigin(request: FastifyRequest, publicOrigin: string | null): void {
  const { origin, host } = request.headers;
  if (origin === undefined || origin === publicOrigin) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new CaretakerError({
    code: 'CLOUD_ORIGIN_NOT_ALLOWED',
    message: 'Requests from pages of other origins are not taken.',
    next: 'Open the page from this server, or set CARETAKER_PUBLIC_URL.',
  });
}

const withoutBody = new Set(['GET', 'HEAD', 'DELETE']);
/** What a foreign page can post without asking first. */
const unasked = new Set(['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded']);

/** Of what else there is, a foreign page must ask first; to delete it must always ask. */
function checkBody(request: FastifyRequest): void {
  if (withoutBody.has(request.method)) return;
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  if (request.routeOptions.config?.takes === 'file') {
    if (type !== undefined && !unasked.has(type)) return;
    throw new CaretakerError({
      code: 'CLOUD_FILE_TYPE',
      message: 'A file is sent by itself, not as a form and not as text.',
      next: 'Send its bytes alone, with Content-Type: application/octet-stream.',
    });
  }
  throw new CaretakerError({
    code: 'CLOUD_NOT_JSON',
    message: 'Writes are taken as application/json only.',
    next: 'Set Content-Type: application/json.',
  });
}
