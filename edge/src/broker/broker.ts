import { createServer, type Server, type Socket } from 'node:net';
import { CaretakerError, type Log } from '@caretaker/readings/base';
import { guardMqtt } from '@caretaker/readings/mqtt-guard';
import { Aedes, type PublishPacket } from 'aedes';
import type { Ingest, Taken } from '../ingest/index.ts';
import { Listeners, skipUnheard } from './routing.ts';
import { createSessions } from './sessions.ts';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly ingest: Ingest;
  readonly log: Log;
}

const packetBytes = { beforeConnect: 16_000, afterConnect: 256_000 };
/** A subscriber that does not read is cut off; until then it may hold up what others publish. */
const DRAIN_TIMEOUT_MS = 5_000;

/**
 * The broker that devices publish to, MQTT 3.1.1. A message is acknowledged when it is on disk: PUBACK waits in
 * `authorizePublish`, the only hook aedes calls before it; PUBREC waits where the session notes the message.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | null = null;
  #server: Server | null = null;
  #cutOff = 0;

  constructor(options: BrokerOptions) {
    this.#options = options;
  }

  /** Clients connected now, and clients ever cut off by the guard. */
  get counts(): { clients: number; cutOff: number } {
    return { clients: this.#broker?.connectedClients ?? 0, cutOff: this.#cutOff };
  }

  /**
   * @returns the port.
   * @throws CaretakerError `EDGE_PORT_UNAVAILABLE`.
   */
  async start(): Promise<number> {
    const { ingest, log, host, port } = this.#options;
    const listeners = new Listeners();
    const broker = await Aedes.createBroker({
      // Measured: 15 to 20 % more than the default of 100 with hundreds of clients.
      concurrency: 1_000,
      drainTimeout: DRAIN_TIMEOUT_MS,
      persistence: createSessions(
        (client, packet) =>
          new Promise((resolve, reject) => {
            ingest.take(client, packet.topic, bytesOf(packet.payload), (error) => {
              if (error === null) resolve();
              else reject(error);
            });
          }),
      ),
      authorizeSubscribe: (_client, subscription, done) => {
        listeners.add(subscription.topic);
        done(null, subscription);
      },
      authorizePublish: (client, packet, done) => {
        this.#publish(client === null ? 'will' : client.id, packet, done);
      },
    });
    skipUnheard(broker, listeners);
    broker.on('clientError', (client, error) => {
      log.debug({ client: client.id, error: error.message }, 'a device connection failed');
    });
    this.#broker = broker;
    const server = createServer({ noDelay: true }, (socket) => this.#connect(broker, socket));
    this.#server = server;
    await listen(server, host, port);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  #publish(client: string, packet: PublishPacket, done: Taken): void {
    // Our hook replaces aedes's own guard of the broker's topics.
    if (packet.topic.startsWith('$')) {
      done(new Error('topics that start with $ are reserved'));
      return;
    }
    // QoS 2 is kept after the duplicate check; a will has no message id and never comes to it.
    if (packet.qos === 2 && packet.messageId !== undefined) done(null);
    else this.#options.ingest.take(client, packet.topic, bytesOf(packet.payload), done);
  }

  #connect(broker: Aedes, socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const address = socket.remoteAddress;
    const guarded = guardMqtt(socket, packetBytes, (reason) => {
      this.#cutOff += 1;
      this.#options.log.warn({ address, reason }, 'cut off a client of the device broker');
    });
    broker.handle(guarded);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const broker = this.#broker;
    this.#server = null;
    this.#broker = null;
    const closed = new Promise<void>((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
    if (broker !== null) await new Promise<void>((resolve) => broker.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new CaretakerError(
          {
            code: 'EDGE_PORT_UNAVAILABLE',
            message: `The device broker cannot listen on ${host}:${port}: ${cause.message}.`,
            next: 'Stop what uses the port, or set CARETAKER_MQTT_PORT.',
          },
          { cause },
        ),
      );
    });
    server.listen({ host, port, backlog: 1_024 }, () => resolve());
  });
}
