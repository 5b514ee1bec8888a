import net from 'node:net';
import { generate } from 'mqtt-packet';

/*
 * The loader, a process of its own: connections that each keep a window of unacknowledged QoS 1 messages.
 * Packets are templates with digits patched in place, so that the loader costs little beside the broker on
 * the same machine.
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
}

/** What the loader says: after the warm-up, and at the end with the time between. */
export type LoadNews = { readonly type: 'warm' } | { readonly type: 'done'; readonly ms: number };

const payloadBytes = 109;
const FIRST_AT = 1_767_225_600_000;
const PUBACK_BYTES = 4;

/** The topic of one connection's device. */
export function topicOf(connection: number): string {
  return `meters/m${String(connection).padStart(4, '0')}`;
}

/** A message as a small sensor sends it, with fields that nobody asked for. */
function payloadOf(at: number): string {
  const text = `{"id":"meter","at":${at},"temp_c":21.534,"battery":97,"rssi":-71,"snr":9.5,"fw":"1.4.2"}`;
  return `${text.slice(0, -2)}${'-'.repeat(payloadBytes - text.length)}"}`;
}

class Connection {
  readonly #socket: net.Socket;
  readonly #packet: Buffer;
  readonly #out: Buffer;
  readonly #idAt: number;
  readonly #timeAt: number;
  #messageId = 1;
  #time = FIRST_AT;
  #partial = 0;

  constructor(index: number, order: LoadOrder, acknowledged: (count: number) => number) {
    this.#packet = generate({
      cmd: 'publish',
      topic: topicOf(index),
      payload: payloadOf(FIRST_AT),
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    });
    this.#timeAt = this.#packet.indexOf(String(FIRST_AT));
    this.#idAt = this.#packet.indexOf('{') - 2;
    this.#out = Buffer.alloc(this.#packet.length * order.window);
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
        this.#socket.write(
          generate({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: 4,
            clientId: `load-${index}`,
            clean: true,
            keepalive: 0,
          }),
        );
        this.#socket.once('data', () => resolve());
      });
    });
  }

  start(window: number): void {
    this.#send(window);
  }

  #send(count: number): void {
    if (count <= 0) return;
    const packet = this.#packet;
    for (let n = 0; n < count; n += 1) {
      packet.writeUInt16BE(this.#messageId, this.#idAt);
      this.#messageId = this.#messageId === 65_535 ? 1 : this.#messageId + 1;
      this.#tick(packet);
      packet.copy(this.#out, n * packet.length);
    }
    // The kernel may still hold the last window: it gets bytes of its own.
    this.#socket.write(Buffer.from(this.#out.subarray(0, count * packet.length)));
  }

  /** Adds one millisecond to the digits in the packet. */
  #tick(packet: Buffer): void {
    this.#time += 1;
    for (let at = this.#timeAt + 12; ; at -= 1) {
      if (packet[at] !== 57) {
        packet[at] = (packet[at] ?? 48) + 1;
        return;
      }
      packet[at] = 48;
    }
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
      say({ type: 'warm' });
    }
    if (before < total && acknowledged >= total) resolve();
    return acknowledged >= total ? 0 : more;
  };
  for (let index = 0; index < order.connections; index += 1) {
    const connection = new Connection(index, order, count);
    await connection.connect(index);
    connections.push(connection);
  }
  for (const connection of connections) connection.start(order.window);
  await finished;
  say({ type: 'done', ms: performance.now() - startedAt });
  for (const connection of connections) connection.close();
}

function say(news: LoadNews): void {
  process.send?.(news);
}

if (process.send !== undefined) {
  process.once('message', (order: LoadOrder) => {
    void load(order).then(() => process.disconnect?.());
  });
}
