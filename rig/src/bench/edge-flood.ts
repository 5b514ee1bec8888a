import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Messages, topicOf } from './edge-messages.ts';
import { say } from './edge-process.ts';
import { connectPacket } from './edge-wire.ts';

/*
 * A process that sends without waiting for answers, or one that sends now and then and measures how long each
 * answer takes.
 */

export type FloodOrder =
  /** Offers so many messages a second over all connections; what a full socket does not take is not sent. */
  | {
      readonly type: 'flood';
      readonly port: number;
      readonly connections: number;
      readonly perSecond: number;
      readonly ms: number;
    }
  /** Each connection sends one message every so often, the next only after the answer. */
  | {
      readonly type: 'probe';
      readonly port: number;
      readonly connections: number;
      readonly everyMs: number;
      readonly ms: number;
    };

export type FloodNews =
  | { readonly type: 'connected' }
  | { readonly type: 'flooded'; readonly offered: number; readonly sent: number }
  /** Milliseconds to the PUBACK of each probe. */
  | { readonly type: 'probed'; readonly ms: readonly number[] };

const TICK_MS = 10;
/** Messages made at a time. */
const BATCH = 64;

async function connect(port: number, name: string): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', () => resolve());
    socket.write(connectPacket(name));
  });
  socket.on('error', () => {});
  return socket;
}

class Pourer {
  readonly #socket: net.Socket;
  readonly #messages: Messages;
  #owed = 0;
  offered = 0;
  sent = 0;

  constructor(socket: net.Socket, index: number, first: number) {
    this.#socket = socket;
    this.#messages = new Messages(topicOf(index), first);
    socket.resume();
  }

  offer(count: number): void {
    this.#owed += count;
    const whole = Math.floor(this.#owed);
    this.#owed -= whole;
    this.offered += whole;
    for (let left = whole; left > 0 && !this.#socket.writableNeedDrain; left -= BATCH) {
      const some = Math.min(BATCH, left);
      this.#socket.write(this.#messages.next(some));
      this.sent += some;
    }
  }
}

async function flood(order: FloodOrder & { type: 'flood' }): Promise<void> {
  const sockets: net.Socket[] = [];
  for (let index = 0; index < order.connections; index += 1) {
    sockets.push(await connect(order.port, `flood-${index}`));
  }
  // What is sent within one second is a second apart at most, and nothing is of the future.
  const first = Date.now() - 3_600_000;
  const pourers = sockets.map((socket, index) => new Pourer(socket, index, first));
  say({ type: 'connected' } satisfies FloodNews);
  const end = performance.now() + order.ms;
  let last = performance.now();
  while (last < end) {
    await wait(TICK_MS);
    const now = performance.now();
    const each = (order.perSecond * (now - last)) / 1_000 / order.connections;
    for (const pourer of pourers) pourer.offer(each);
    last = now;
  }
  const sum = (pick: (one: Pourer) => number) => pourers.reduce((all, one) => all + pick(one), 0);
  say({
    type: 'flooded',
    offered: sum((one) => one.offered),
    sent: sum((one) => one.sent),
  } satisfies FloodNews);
  for (const socket of sockets) socket.destroy();
}

async function probeOne(socket: net.Socket, index: number, order: FloodOrder & { type: 'probe' }) {
  const messages = new Messages(topicOf(index), Date.now() - 60_000);
  const times: number[] = [];
  // Not all at once.
  await wait((order.everyMs * index) / order.connections);
  const end = performance.now() + order.ms;
  while (performance.now() < end) {
    const before = performance.now();
    const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.write(messages.next(1));
    await answered;
    times.push(performance.now() - before);
    await wait(order.everyMs);
  }
  return times;
}

async function probe(order: FloodOrder & { type: 'probe' }): Promise<void> {
  const sockets: net.Socket[] = [];
  for (let index = 0; index < order.connections; index += 1) {
    sockets.push(await connect(order.port, `probe-${index}`));
  }
  say({ type: 'connected' } satisfies FloodNews);
  const times = await Promise.all(sockets.map((socket, index) => probeOne(socket, index, order)));
  say({ type: 'probed', ms: times.flat() } satisfies FloodNews);
  for (const socket of sockets) socket.destroy();
}

if (process.send !== undefined) {
  process.once('message', (order: FloodOrder) => {
    const done = order.type === 'flood' ? flood(order) : probe(order);
    void done.then(() => process.disconnect?.());
  });
}
