import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports that no system gives to whoever asks for any port, so that nobody gets ours before we use it. */
const ports = { first: 10_000, count: 22_000, perProcess: 100 } as const;
const host = '127.0.0.1';
let tried = 0;

/**
 * Keeps the port from the tests of other processes, which ask for theirs in the same way: who holds its UDP twin has
 * it, for as long as this process lives.
 */
async function reserve(port: number): Promise<boolean> {
  const twin = createSocket('udp4').unref();
  try {
    twin.bind({ port, address: host, exclusive: true });
    await once(twin, 'listening');
    if (await isFree(port)) return true;
  } catch {}
  twin.close();
  return false;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/**
 * A port that is free, for programs that cannot report the one they chose, and given to nobody else while this process
 * lives. Processes that ask at the same time begin at different places.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < ports.count; tries += 1) {
    const port = ports.first + ((process.pid * ports.perProcess + tried) % ports.count);
    tried += 1;
    if (await reserve(port)) return port;
  }
  throw new Error('no port is free');
}
