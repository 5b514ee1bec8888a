import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Tls } from './tls.ts';

/** A device on a slow radio needs 3 s; who needs longer only holds a place. */
export const handshakeTimeout = 10_000;

export interface Comers {
  /**
   * Somebody has connected and said nothing yet. Called before the handshake, so that limits hold for those too who
   * never finish it.
   * @param socket the connection itself; destroying it ends everything on it
   * @returns false to close it
   */
  readonly admit: (socket: Socket) => boolean;
  /** Plain bytes can be read and written from now on. */
  readonly ready: (socket: Socket) => void;
  /** A handshake failed. */
  readonly failed: (address: string | undefined, reason: string) => void;
}

/** A server that speaks TLS and nothing else, or without `tls` none. */
export function createListener(tls: Tls | null, { admit, ready, failed }: Comers): Server {
  if (tls === null) {
    return createServer({ noDelay: true }, (socket) => {
      if (admit(socket)) ready(socket);
      else socket.destroy();
    });
  }
  const server: TlsServer = createTlsServer({ ...tls.options, noDelay: true, handshakeTimeout });
  tls.serve(server);
  // The server begins the handshake in its own listener, which has to wait for the answer.
  const begin = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!admit(socket)) socket.destroy();
    else for (const listener of begin) listener.call(server, socket);
  });
  server.on('secureConnection', ready);
  server.on('tlsClientError', (error, socket) => failed(socket.remoteAddress, error.message));
  return server;
}
