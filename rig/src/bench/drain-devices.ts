import net from 'node:net';
import { generate } from 'mqtt-packet';
import type { DrainMessage } from './drain-estate.ts';

const connections = 8;
const pubackBytes = 4;
const mostIds = 65_535;

/** What a device without a vendor format publishes. */
export function payloadOf({ device, at, values }: DrainMessage): string {
  const fields = device.points.map(({ metric }, k) => `"${metric}":${JSON.stringify(values[k])}`);
  return `{"at":${at},${fields.join(',')}}`;
}

/** Connections that publish at QoS 1 as fast as the gateway acknowledges. */
export class FastDevices {
  readonly #sockets: net.Socket[] = [];
  readonly #port: number;
  #acknowledged = 0;
  #published = 0;
  #wake: (() => void) | null = null;
  #lost: Error | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  async connect(): Promise<void> {
    for (let n = 0; n < connections; n += 1) this.#sockets.push(await this.#open(n));
  }

  #open(n: number): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      let greeted = false;
      let partial = 0;
      socket.on('error', reject);
      socket.on('close', () => {
        this.#lost = new Error('the gateway closed a connection of the devices');
        this.#wake?.();
      });
      socket.on('data', (chunk: Buffer) => {
        let bytes = chunk.length + partial;
        if (!greeted && bytes >= pubackBytes) {
          // A CONNACK is as long as a PUBACK [MQTT 3.1.1, 3.2].
          greeted = true;
          bytes -= pubackBytes;
          resolve(socket);
        }
        partial = bytes % pubackBytes;
        this.#acknowledged += Math.floor(bytes / pubackBytes);
        this.#wake?.();
      });
      socket.write(
        generate({ cmd: 'connect', protocolVersion: 4, clientId: `fast-${n}`, clean: true }),
      );
    });
  }

  /** Publishes messages, those of one device in order, and resolves when all are acknowledged. */
  async publish(messages: readonly DrainMessage[]): Promise<void> {
    const outs: Buffer[][] = this.#sockets.map(() => []);
    for (const message of messages) {
      this.#published += 1;
      const packet = publishOf(message, (this.#published % mostIds) + 1);
      outs[message.device.phase % connections]?.push(packet);
    }
    for (const [n, out] of outs.entries()) {
      if (out.length > 0) this.#sockets[n]?.write(Buffer.concat(out));
    }
    while (this.#acknowledged < this.#published) {
      if (this.#lost !== null) throw this.#lost;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  leave(): void {
    for (const socket of this.#sockets.splice(0)) {
      socket.removeAllListeners('close');
      socket.destroy();
    }
  }
}

function publishOf(message: DrainMessage, messageId: number): Buffer {
  return generate({
    cmd: 'publish',
    topic: `caretaker/${message.device.id}`,
    payload: payloadOf(message),
    qos: 1,
    messageId,
    dup: false,
    retain: false,
  });
}
