import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { Aedes } from 'aedes';
import { describe, expect, it } from 'vitest';
import { replay } from './replay.ts';

const sample = resolve(import.meta.dirname, '../../samples/filling-bin.jsonl');
const options = {
  map: null,
  speed: Number.POSITIVE_INFINITY,
  shift: false,
  window: 5,
  clock: systemClock,
};

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('replay', () => {
  it('goes on after the gateway was away, so that connecting was refused meanwhile', async () => {
    const heard = new Map<string, string>();
    const sockets = new Set<Socket>();
    const broker = await Aedes.createBroker();
    const open = () =>
      createServer((socket) => {
        sockets.add(socket);
        broker.handle(socket);
      });
    let server = open();
    const port = await listen(server, 0);
    let away = false;
    broker.authorizePublish = (_client, packet, done) => {
      const payload = packet.payload.toString();
      heard.set(payload, packet.topic);
      if (heard.size !== 30 || away) return done(null);
      away = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    const notices: string[] = [];
    const counts = await replay({
      ...options,
      file: sample,
      url: `mqtt://127.0.0.1:${port}`,
      onNotice(text) {
        notices.push(text);
        if (notices.length > 1) return;
        // Longer than the pause before an attempt to connect, so that at least one is refused.
        setTimeout(() => {
          server = open();
          void listen(server, port);
        }, 700);
      },
    });
    expect(counts).toEqual({ published: 72, acknowledged: 72 });
    expect(heard.size).toBe(72);
    expect([...heard.values()].every((topic) => topic === 'caretaker/terrace-bin')).toBe(true);
    expect(notices).toEqual([expect.stringContaining('connection lost'), 'connected again']);
    await new Promise<void>((done) => broker.close(() => done()));
    server.close();
  });

  it('says at once that nobody answers', async () => {
    const server = createServer();
    const port = await listen(server, 0);
    await new Promise((done) => server.close(done));
    const asked = replay({ ...options, file: sample, url: `mqtt://127.0.0.1:${port}` });
    await expect(asked).rejects.toMatchObject({ code: 'CLI_REPLAY_CONNECT' });
  });

  it('refuses a file without a reading before it connects', async () => {
    const file = join(resolve(import.meta.dirname, '../..'), 'samples/noisy-evening.csv');
    const map = {
      time: { column: 'at', unit: 'ms' },
      topic: 'x',
      fields: { a: 'nothing' },
    } as const;
    const asked = replay({ ...options, file, map, url: 'mqtt://127.0.0.1:1' });
    await expect(asked).rejects.toMatchObject({ code: 'CLI_REPLAY_EMPTY' });
  });
});
