import { CaretakerError, type Fault } from '@caretaker/readings/base';
import { httpOptions, ownNames, type Tls } from '@caretaker/readings/tls';
import fastify, { type FastifyInstance } from 'fastify';
import { type LoopDelay, metricsText } from './metrics.ts';
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
  readonly status: () => Promise<GatewayStatus>;
  readonly loop: LoopDelay;
  /** What somebody has to mend before the gateway can do all its work. */
  readonly troubles: () => readonly Fault[];
}

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
    const { host, port, status, loop, troubles, publicUrl, proxies, secure, tls } = this.#options;
    const app = fastify({ ...httpOptions(tls), trustProxy: [...proxies], bodyLimit: 1_024 });
    const isOurs = ownNames(host, publicUrl);
    this.#app = app;
    app.addHook('onRequest', async (request, reply) => {
      const name = request.headers.host;
      // Not for localhost: other programs on this machine use that name without TLS.
      if (secure && !/^localhost(:\d+)?$/i.test(name ?? '')) {
        reply.header('strict-transport-security', 'max-age=31536000');
      }
      if (isOurs(name, request.socket.localAddress)) return;
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
