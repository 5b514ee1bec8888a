import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';

const module = pathToFileURL(`${import.meta.dirname}/free-port.ts`).href;

it('gives no port twice, and such as can be listened at', async () => {
  const given = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(given).size).toBe(50);
  const server = createServer().listen(given[0], '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

it('gives none that another process was given and does not use yet, until that is gone', async () => {
  const script = `const { freePort } = await import('${module}');
    console.log(await freePort());
    process.stdin.resume();`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const [said] = await once(other.stdout, 'data');
  const port = Number(said);
  const twin = () => {
    const socket = createSocket('udp4');
    return new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind({ port, address: '127.0.0.1', exclusive: true }, () =>
        socket.close(() => resolve(true)),
      );
    });
  };
  expect(await twin()).toBe(false);
  other.stdin.end();
  await once(other, 'exit');
  expect(await twin()).toBe(true);
});
