import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
import { httpOptions, type Tls } from '@caretaker/readings/tls';
import type { QuarantineEntry, ReportedCredential } from '@caretaker/readings/uplink';
import fastify, { type FastifyInstance } from 'fastify';
import type { LocalAdministrator } from '../local/index.ts';
import { addDiscovery, type DiscoveryList } from './discovery.ts';
import { Editor, type EditorHost } from './editor.ts';
import { Guard } from './guard.ts';
import { type LoopDelay, metricsText } from './metrics.ts';
import { addPages, pageOfProblem } from './pages.ts';
import type { GatewayStatus } from './status.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Of proxies that say truly where a request comes from. */
  readonly proxies: readonly string[];
  /** Browsers reach it by https alone. */
  readonly secure: boolean;
  /** Null to speak plain HTTP. */
  readonly tls: Tls | null;
  /** That is in force. */
  readonly estate: () => Estate;
  readonly gateway: string;
  readonly status: () => Promise<GatewayStatus>;
  readonly credentials: () => readonly ReportedCredential[];
  /** The one seen last first. */
  readonly quarantined: () => readonly QuarantineEntry[];
  /** Devices that no mapping names. */
  readonly discovery: DiscoveryList;
  /** Devices may come without a credential. */
  readonly anonymous: boolean;
  readonly administrator: LocalAdministrator;
  /** Node-RED; null without. */
  readonly editor: EditorHost | null;
  /** By which programs read figures. */
  readonly token: string;
  readonly loop: LoopDelay;
  /** What somebody has to mend before the gateway can do all its work. */
  readonly troubles: () => readonly Fault[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A form with two passwords, each letter written as three bytes of percent signs. */
const MOST_BYTES = 16_384;

/** The gateway's own page, for its local administrator, and its figures for programs. */
export class HttpServer {
  readonly #options: HttpOptions;
  #app: FastifyInstance | null = null;
  #editor: Editor | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * @returns the port.
   * @throws CaretakerError `EDGE_PORT_UNAVAILABLE`.
   */
  async start(): Promise<number> {
    const { host, port, proxies, tls, clock } = this.#options;
    const app = fastify({
      ...httpOptions(tls, proxies),
      bodyLimit: MOST_BYTES,
    });
    this.#app = app;
    const guard = new Guard({ ...this.#options, now: () => clock.now() });
    guard.watch(app);
    this.#answerProblems(app);
    this.#addFigures(app, guard);
    addPages(app, guard, this.#options);
    addDiscovery(app, this.#options);
    this.#editor = new Editor({ ...this.#options, guard });
    this.#editor.add(app);
    try {
      await app.listen({ host, port });
    } catch (cause) {
      await this.stop();
      throw new CaretakerError(
        {
          code: 'EDGE_PORT_UNAVAILABLE',
          message: `The gateway's status page cannot listen on ${host}:${port}.`,
          next: 'Stop what uses the port, or set CARETAKER_EDGE_HTTP_PORT.',
        },
        { cause },
      );
    }
    const address = app.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  #addFigures(app: FastifyInstance, guard: Guard): void {
    const { status, loop, troubles } = this.#options;
    app.get('/healthz', () => ({ status: 'ok' }));
    app.get('/readyz', (request, reply) => {
      const found = troubles();
      if (found.length === 0) return reply.send({ status: 'ready' });
      const title = 'The gateway cannot do all its work.';
      const problem = { type: 'about:blank', title, status: 503, code: 'EDGE_NOT_READY' };
      // Why not is for those who may see figures.
      const answer = guard.maySee(request) ? { ...problem, troubles: found } : problem;
      return reply.code(503).type('application/problem+json').send(answer);
    });
    app.get('/status', () => status());
    app.get('/metrics', async (_request, reply) =>
      reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(metricsText(await status(), loop)),
    );
  }

  #answerProblems(app: FastifyInstance): void {
    const { log, gateway } = this.#options;
    app.setNotFoundHandler((request, reply) =>
      reply
        .code(404)
        .type(PAGE)
        .send(pageOfProblem(request, gateway, 'missing')),
    );
    app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      if (error instanceof CaretakerError && error.code in statusCodes) {
        const { code, message, next } = error;
        const status = statusCodes[code] ?? 500;
        const problem = { type: 'about:blank', title: message, status, code, detail: next };
        return reply.code(status).type('application/problem+json').send(problem);
      }
      const status = error.statusCode ?? 500;
      // What fastify itself refuses: a body too large, or of another type.
      if (status < 500) return reply.code(status).send();
      log.error({ error }, 'the page of the gateway failed');
      return reply
        .code(500)
        .type(PAGE)
        .send(pageOfProblem(request, gateway, 'broken'));
    });
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    this.#editor?.stop();
    app?.server.closeAllConnections();
    await app?.close();
  }
}

const PAGE = 'text/html; charset=utf-8';

const statusCodes: Readonly<Record<string, number>> = {
  EDGE_SIGN_IN_NEEDED: 401,
  EDGE_ORIGIN_NOT_ALLOWED: 403,
  EDGE_HOST_UNKNOWN: 421,
};
