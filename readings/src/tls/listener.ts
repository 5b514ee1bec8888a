import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Tls } from './tls.ts';

/** A device on a slow radio needs 3 s; who needs longer only holds a place. */
const handshakeTimeout = 10_000;

export interface Comers {
  /**
   * Somebody has connected and said nothing yet. Called before the handshake, so that limits hold for those too who
   * never finish it.
   * @param socket the connection itself; destroying it ends everything on it
   * @returns false to close it
   */
  readonly admit: (socket: Socket) => boolean;
  /** Plain bytes can be read and written from now on: on the same socket, or by TLS on one around it. */
  readonly ready: (socket: Socket) => void;
  /** A handshake failed. */
  readonly failed: (address: string | undefined, reason: string) => void;
  /** Bytes of a connection that wait in this process at which no more are read from it; Node's own when absent. */
  readonly bufferBytes?: number;
}

/** A server that speaks TLS and nothing else, or without `tls` none. */
export function createListener(tls: Tls | null, comers: Comers): Server {
  const { admit, ready, failed, bufferBytes } = comers;
  const options = {
    noDelay: true,
    ...(bufferBytes === undefined ? {} : { highWaterMark: bufferBytes }),
  };
  if (tls === null) {
    return createServer(options, (socket) => {
      if (admit(socket)) ready(socket);
      else socket.destroy();
    });
  }
  const server: TlsServer = createTlsServer({ ...tls.options, ...options, handshakeTimeout });
  tls.serve(server);
  // The server begins the handshake in its own listener, which has to wait for the answer.
  const begin = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (raw: Socket) => {
    if (!admit(raw)) raw.destroy();
    else for (const listener of begin) listener.call(server, raw);
  });
  server.on('secureConnection', ready);
  server.on('tlsClientError', (error, socket) => failed(socket.remoteAddress, error.message));
  return server;
}

/**
 * What Fastify needs to speak TLS, and to know where a request comes from: what `X-Forwarded-For` says only when one of
 * the proxies has written it. The two kinds of server differ in how they are made, not in what Fastify does with them.
 */
export function httpOptions(tls: Tls | null, proxies: readonly string[]) {
  const trustProxy = proxies.length > 0 ? [...proxies] : false;
  if (tls === null) return { trustProxy };
  return {
    trustProxy,
    serverFactory(listener: RequestListener): HttpServer {
      const server = createHttpsServer({ ...tls.options, handshakeTimeout }, listener);
      tls.serve(server);
      return server as unknown as HttpServer;
    },
  };
}
