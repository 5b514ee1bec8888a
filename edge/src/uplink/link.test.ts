import { createServer, type Server, type Socket } from 'node:net';
import { silentLog } from '@caretaker/readings/base';
import { patient, stolenMs } from '@caretaker/readings/testing';
import { uplinkTopic } from '@caretaker/readings/uplink';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Link } from './link.ts';

const frame = new Uint8Array(50_000);

let broker: Aedes;
let server: Server;
let socket: Socket | null;
let link: Link;
/** Topics and times of what arrived. */
let arrived: { topic: string; at: number }[];

beforeEach(async () => {
  arrived = [];
  socket = null;
  broker = await Aedes.createBroker({
    authorizePublish: (_client, { topic }, done) => {
      arrived.push({ topic, at: performance.now() });
      done(null);
    },
  });
  server = createServer((one) => {
    socket = one;
    broker.handle(one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  link = new Link({
    url: `mqtt://127.0.0.1:${port}`,
    trust: { ca: null, fingerprints: [] },
    gateway: 'yard-1',
    log: silentLog,
    will: { type: 'gone', at: 0 },
    onUp: () => {},
    onDown: () => {},
    onAck: () => {},
    onReply: () => {},
    onConfig: () => {},
    credentials: () => null,
    onRefused: () => {},
  });
  link.start();
  await vi.waitFor(() => expect(link.room).toBe(true), patient);
});
afterEach(async () => {
  await link.stop();
  socket?.destroy();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const count = (channel: 'frames' | 'status') =>
  arrived.filter(({ topic }) => topic === uplinkTopic('yard-1', channel)).length;

/** The broker stops reading from the connection. @returns what reads again */
function stall(): (() => void)[] {
  const reading = socket?.listeners('readable') as (() => void)[];
  socket?.removeAllListeners('readable');
  socket?.pause();
  return reading;
}

it('keeps little for a cloud that does not read, and what is urgent goes before what was not given', async () => {
  const reading = stall();
  let given = 0;
  // As the sender does, asking every time whether there is room; the kernel takes its fill first.
  for (let turn = 0; turn < 1_000; turn += 1) {
    while (link.room) {
      link.frame(frame, () => {});
      given += 1;
    }
    expect(link.buffered).toBeLessThan(128 * 1024 + 2 * frame.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(link.room).toBe(false);
  expect(count('frames')).toBeLessThan(given);
  link.status({ type: 'gone', at: 1 });
  expect(link.buffered).toBeLessThan(128 * 1024 + 2 * frame.length);
  for (const read of reading) socket?.on('readable', read);
  await vi.waitFor(() => expect(count('status')).toBe(1), patient);
  expect(count('frames')).toBe(given);
});

it('lets an alarm through at once while it sends as fast as the cloud takes it', async () => {
  let sent = 0;
  let stop = false;
  const fill = () => {
    while (!stop && link.room) {
      sent += 1;
      link.frame(frame, fill);
    }
    if (!stop) setImmediate(fill);
  };
  fill();
  const took: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    await vi.waitFor(() => expect(count('frames')).toBeGreaterThan(n * 20), patient);
    const [before, stolen] = [performance.now(), stolenMs()];
    link.status({ type: 'gone', at: n });
    await vi.waitFor(() => expect(count('status')).toBe(n + 1), { ...patient, interval: 1 });
    const at = arrived.findLast(({ topic }) => topic.endsWith('status'))?.at ?? 0;
    took.push(at - before - (stolenMs() - stolen));
  }
  stop = true;
  expect(sent).toBeGreaterThan(400);
  // Some 5 ms on an idle machine; a queue of eight frames of a megabyte would take far longer than this.
  expect(took.toSorted((a, b) => a - b)[10]).toBeLessThan(100);
});

it('collects nothing larger than any configuration', async () => {
  const first = socket;
  // A message of 200 MB is announced.
  const announced = Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]);
  const closed = new Promise((resolve) => first?.once('close', resolve));
  first?.write(announced);
  await closed;
  await vi.waitFor(() => expect(link.room).toBe(true), patient);
  expect(socket).not.toBe(first);
});
