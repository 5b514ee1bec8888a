import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Log } from '@caretaker/readings/base';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProxyServer } from 'httpxy';
import type { LocalAdministrator } from '../local/index.ts';
import { plainPage } from './forms.ts';
import type { Guard } from './guard.ts';
import { languageOf, words } from './texts.ts';

/** Who edits flows, on a Unix socket of its own. */
export interface EditorHost {
  /** Null while it does not answer. */
  readonly socket: string | null;
}

export interface EditorOptions {
  readonly gateway: string;
  /** Null when it is switched off. */
  readonly editor: EditorHost | null;
  readonly guard: Guard;
  readonly administrator: LocalAdministrator;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon an editor that is open notices that its session has ended. */
const LOOK_MS = 1_000;
const COMMS = '/red/comms';

/**
 * What flows could make a browser do on the page of the gateway, of which the editor is a part: take another session,
 * hand our answers to other pages, or put a script between us and the browser.
 */
const notPassedOn = [
  'set-cookie',
  'clear-site-data',
  'service-worker-allowed',
  'content-security-policy',
  'access-control-allow-origin',
  'access-control-allow-credentials',
];

/** The editor of Node-RED is made of scripts that stand in its pages, and of code that it puts together itself. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Brings the editor of Node-RED to the local administrator, and to nobody else: each request, and each WebSocket, is
 * let through by the guard, and nothing of the session goes on to Node-RED.
 */
export class Editor {
  readonly #options: EditorOptions;
  #proxy: Promise<ProxyServer> | null = null;
  /** WebSockets with the token that each came by. */
  readonly #open = new Map<Duplex, string>();
  #cancel: (() => void) | null = null;

  constructor(options: EditorOptions) {
    this.#options = options;
  }

  /** Adds its routes; call it once, before the server listens. */
  add(app: FastifyInstance): void {
    const { administrator, clock } = this.#options;
    app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      // What comes is handed on as it comes.
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
      scope.get('/red', (_request, reply) => reply.redirect('/red/', 303));
      scope.route({
        method: ['GET', 'POST', 'PUT', 'DELETE'],
        url: '/red/*',
        handler: (request, reply) => this.#pass(request, reply),
      });
      done();
    });
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#cancel = clock.every(LOOK_MS, () => {
      for (const [socket, token] of this.#open) {
        if (!administrator.stands(token, clock.now())) socket.destroy();
      }
    });
  }

  /** Ends what is open. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #pass(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { editor, log } = this.#options;
    const socketPath = editor?.socket ?? null;
    if (socketPath === null) return this.#away(request, reply);
    reply.header('content-security-policy', policy);
    reply.hijack();
    forget(request.raw.headers);
    const answer = reply.raw;
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) answer.setHeader(name, value);
    }
    const passed = this.#through().then((proxy) =>
      proxy.web(request.raw, answer, { target: { socketPath } }),
    );
    passed.catch((error: unknown) => {
      // Its editor goes whenever the process does, also in the middle of an answer.
      log.debug({ error }, 'Node-RED did not answer');
      if (!answer.headersSent) answer.writeHead(503);
      answer.end();
    });
    return reply;
  }

  /** Loaded when somebody first opens the editor: most gateways never do. */
  #through(): Promise<ProxyServer> {
    this.#proxy ??= import('httpxy').then(({ createProxyServer }) => {
      const proxy = createProxyServer();
      proxy.on('proxyRes', ({ headers }) => {
        for (const name of notPassedOn) delete headers[name];
      });
      return proxy;
    });
    return this.#proxy;
  }

  #away(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { editor, gateway } = this.#options;
    const language = languageOf(request.headers['accept-language']);
    const w = words[language];
    const text = editor === null ? w.flowsNone : w.flowsAway;
    return reply
      .code(503)
      .type('text/html; charset=utf-8')
      .send(plainPage({ language, gateway, refusal: null }, text));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { editor, guard } = this.#options;
    const socketPath = editor?.socket ?? null;
    const isComms = request.url?.split('?', 1)[0] === COMMS;
    const token = isComms ? guard.admitsUpgrade(request) : null;
    // Nobody else does once it is upgraded, and an error that nobody takes would end the gateway.
    socket.on('error', () => socket.destroy());
    if (token === null || socketPath === null) {
      const status = token === null ? '403 Forbidden' : '503 Service Unavailable';
      socket.end(`HTTP/1.1 ${status}\r\n\r\n`, () => socket.destroy());
      return;
    }
    this.#open.set(socket, token);
    socket.once('close', () => this.#open.delete(socket));
    forget(request.headers);
    this.#through()
      .then((proxy) => proxy.ws(request, socket as Socket, { target: { socketPath } }, head))
      .catch(() => socket.destroy());
  }
}

/** Who it is was looked at here; Node-RED, and what runs in it, is not told. */
function forget(headers: IncomingHttpHeaders): void {
  delete headers.cookie;
  delete headers.authorization;
}
