import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a real server that a test can break. */
export interface BreakableLine {
  readonly url: string;
  /** Requests whose path begins so arrive and are done, but the connection breaks in place of an answer. */
  loseAnswersOf(path: string): void;
  /** Connections break at once. */
  cut(): void;
  repair(): void;
  close(): Promise<void>;
}

export async function breakableLine(target: string): Promise<BreakableLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  let losing: string | null = null;

  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    let lost = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    near.on('data', (request) => {
      if (losing !== null && request.toString('latin1').startsWith(`POST ${losing}`)) lost = true;
      far.write(request);
    });
    far.on('data', (answer) => {
      if (lost) near.destroy();
      else near.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswersOf(path) {
      losing = path;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    repair() {
      isCut = false;
      losing = null;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
