import { CaretakerError, type Fault } from '@caretaker/readings/base';
import fastify, { type FastifyInstance } from 'fastify';
import { type LoopDelay, metricsText } from './metrics.ts';
import type { GatewayStatus } from './status.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly status: () => Promise<GatewayStatus>;
  readonly loop: LoopDelay;
  /** What somebody has to mend before the gateway can do all its work. */
  readonly troubles: () => readonly Fault[];
}

/** A browser made to resolve a foreign name to us sends that name; only these are ours. */
const OWN_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** The gateway's own page for machines: health, metrics, status. It changes nothing. */
export class HttpServer {
  readonly #options: HttpOptions;
  #app: FastifyInstance | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * @returns the port.
   * @throws CaretakerError `EDGE_PORT_UNAVAILABLE`.
   */
  async start(): Promise<number> {
    const { host, port, status, loop, troubles } = this.#options;
    const app = fastify({ bodyLimit: 1_024 });
    this.#app = app;
    app.addHook('onRequest', async (request, reply) => {
      if (OWN_NAME.test(request.headers.host ?? '')) return;
      await reply.code(421).type('application/problem+json').send(foreignHost);
    });
    app.get('/healthz', () => ({ status: 'ok' }));
    app.get('/readyz', (_request, reply) => {
      const found = troubles();
      const ready = found.length === 0;
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not ready', troubles: found });
    });
    app.get('/status', () => status());
    app.get('/metrics', async (_request, reply) =>
      reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(metricsText(await status(), loop)),
    );
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

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    app?.server.closeAllConnections();
    await app?.close();
  }
}

const foreignHost = {
  type: 'about:blank',
  title: 'Wrong host',
  status: 421,
  detail: 'Open this page by its own address.',
  code: 'EDGE_HOST_UNKNOWN',
};
