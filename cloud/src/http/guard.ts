import { CaretakerError } from '@caretaker/readings/base';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

const contentPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  // The web app's component library sets its measures in style elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Refuses what a page of somebody else could make a browser on this machine send: a name that was rebound to
 * our address has the wrong `Host`, a foreign page the wrong `Origin`.
 */
export function guardHttp(app: FastifyInstance, publicUrl: string | null): void {
  const ours = publicUrl === null ? null : new URL(publicUrl);
  const hosts = new Set(loopbackNames);
  if (ours !== null) hosts.add(ours.hostname);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    checkHost(request, hosts);
    checkOrigin(request, ours?.origin ?? null);
    checkBody(request);
  });
}

function checkHost(request: FastifyRequest, hosts: ReadonlySet<string>): void {
  const host = request.headers.host ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (hosts.has(name)) return;
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

/** A foreign page can post anything but this type without asking first; to delete it must always ask. */
function checkBody(request: FastifyRequest): void {
  if (withoutBody.has(request.method)) return;
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new CaretakerError({
    code: 'CLOUD_NOT_JSON',
    message: 'Writes are taken as application/json only.',
    next: 'Set Content-Type: application/json.',
  });
}
