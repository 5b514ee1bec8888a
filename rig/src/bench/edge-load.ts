import net from 'node:net';
import { Messages, topicOf } from './edge-messages.ts';
import { say } from './edge-process.ts';
import { answersBytes, connectPacket, subscribePacket } from './edge-wire.ts';

/*
 * The loader, a process of its own: connections that each keep a window of unacknowledged QoS 1 messages.
 */

/** What the parent sends to start a run. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly window: number;
  /** Acknowledged before the clock starts. */
  readonly warmUp: number;
  /** Acknowledged after it. */
  readonly measured: number;
  /** One more client subscribes to everything, at QoS 0, and reads it. */
  readonly listener?: boolean;
}

/** What the loader says: after the warm-up, and at the end with the time between. */
export type LoadNews =
  | { readonly type: 'warm' }
  | { readonly type: 'done'; readonly ms: number; readonly heardBytes: number };

const PUBACK_BYTES = 4;

class Connection {
  readonly #socket: net.Socket;
  readonly #messages: Messages;
  #partial = 0;

  constructor(index: number, order: LoadOrder, acknowledged: (count: number) => number) {
    const each = Math.ceil((order.warmUp + order.measured) / order.connections);
    // The newest comes about when it was measured: nothing is history, and nothing is of the future.
    this.#messages = new Messages(topicOf(index), Date.now() - each);
    this.#socket = net.connect({ port: order.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      const bytes = this.#partial + chunk.length;
      this.#partial = bytes % PUBACK_BYTES;
      this.#send(acknowledged(Math.floor(bytes / PUBACK_BYTES)));
    });
  }

  /** Connects; from then on every answer is a PUBACK. */
  connect(index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.once('connect', () => {
        this.#partial = -PUBACK_BYTES;
        this.#socket.write(connectPacket(`load-${index}`));
        this.#socket.once('data', () => resolve());
      });
    });
  }

  start(window: number): void {
    this.#send(window);
  }

  #send(count: number): void {
    if (count > 0) this.#socket.write(this.#messages.next(count));
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Hears everything that is published, as a wall panel or Node-RED beside the gateway does. */
class Listener {
  readonly #socket: net.Socket;
  heardBytes = 0;

  constructor(port: number) {
    this.#socket = net.connect({ port, host: '127.0.0.1' });
  }

  subscribe(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.on('data', (chunk) => {
        this.heardBytes += chunk.length;
        if (this.heardBytes >= answersBytes) resolve();
      });
      this.#socket.write(connectPacket('listener'));
      this.#socket.write(subscribePacket('#'));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function load(order: LoadOrder): Promise<void> {
  let acknowledged = 0;
  let startedAt = 0;
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const total = order.warmUp + order.measured;
  const connections: Connection[] = [];
  const count = (more: number): number => {
    const before = acknowledged;
    acknowledged += more;
    if (before < order.warmUp && acknowledged >= order.warmUp) {
      startedAt = performance.now();
      say({ type: 'warm' } satisfies LoadNews);
    }
    if (before < total && acknowledged >= total) resolve();
    return acknowledged >= total ? 0 : more;
  };
  const listener = order.listener === true ? new Listener(order.port) : null;
  await listener?.subscribe();
  for (let index = 0; index < order.connections; index += 1) {
    const connection = new Connection(index, order, count);
    await connection.connect(index);
    connections.push(connection);
  }
  for (const connection of connections) connection.start(order.window);
  await finished;
  const ms = performance.now() - startedAt;
  say({ type: 'done', ms, heardBytes: listener?.heardBytes ?? 0 } satisfies LoadNews);
  for (const connection of connections) connection.close();
  listener?.close();
}

if (process.send !== undefined) {
  process.once('message', (order: LoadOrder) => {
    void load(order).then(() => process.disconnect?.());
  });
}
