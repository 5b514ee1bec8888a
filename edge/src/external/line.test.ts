import { createServer, type Server, type Socket } from 'node:net';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { afterEach, expect, it } from 'vitest';
import { Line } from './line.ts';

let server: Server;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((done) => server.close(done));
});

/** Lets everybody in, and then does as the test says. */
async function listening(then: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 2, 0, 0]));
      then(socket);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

async function open(url: string, clock: ManualClock) {
  const ended: string[] = [];
  const { line } = await Line.open({
    ...{ url, clock, clientId: 'caretaker-yard-1', session: true },
    trust: { ca: null, fingerprints: [] },
    onPublish: (_line, _packet, safe) => safe(),
    onEnd: (_line, reason) => ended.push(reason),
  });
  return { line, ended };
}

it('gives up a broker that takes nothing any more', async () => {
  const clock = manualClock(0);
  const url = await listening((socket) => socket.pause());
  const { line, ended } = await open(url, clock);
  // More than the kernel takes for both sides.
  for (let round = 0; round < 64; round += 1) {
    line.publish('lamp/set', Buffer.alloc(250_000), false).catch(() => {});
  }
  for (let round = 0; round < 5; round += 1) clock.advance(15_000);
  expect(ended).toEqual(['the broker took nothing for 60 s']);
});

it('gives up a broker that announces more than any packet has', async () => {
  const clock = manualClock(0);
  // A SUBACK of 200 MB, in answer to whatever we say.
  const flood = Buffer.from([0x90, 0x80, 0x84, 0xaf, 0x5f]);
  const url = await listening((socket) => socket.once('data', () => socket.write(flood)));
  const { line, ended } = await open(url, clock);
  await expect(line.subscribe(['#'])).rejects.toThrow();
  expect(ended).toEqual([
    'the broker sent what is not MQTT: a packet of 200000000 bytes; 344064 are allowed',
  ]);
});
