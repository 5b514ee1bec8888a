import { createServer, type Server, type Socket } from 'node:net';
import { CaretakerError, type Log } from '@caretaker/readings/base';
import { guardMqtt } from '@caretaker/readings/mqtt-guard';
import { Aedes } from 'aedes';
import { type Arrivals, dispatch, parseUplinkTopic, type Transport } from './transport.ts';

/** A frame carries at most 5,000 readings; at its least compressible that is well under this. */
const limits = { beforeConnect: 16 * 1024, afterConnect: 4 * 1024 * 1024 };
const subscribable = /^ctk\/1\/[a-z0-9][a-z0-9_-]{0,62}\/(acks|config)$/;

/** The broker that gateways connect to when no external one is set up. Speaks MQTT 3.1.1. */
export class EmbeddedBroker implements Transport {
  readonly #host: string;
  readonly #port: number;
  readonly #log: Log;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | null = null;
  #server: Server | null = null;

  constructor(host: string, port: number, log: Log) {
    this.#host = host;
    this.#port = port;
    this.#log = log;
  }

  async start(arrivals: Arrivals): Promise<number> {
    const broker = await Aedes.createBroker({
      concurrency: 1000,
      // The only hook that runs before a message is acknowledged and before the socket is read on: waiting
      // in it is our back-pressure.
      authorizePublish: (_client, packet, done) => {
        if (parseUplinkTopic(packet.topic) === null) {
          done(new Error(`nothing may be published on ${packet.topic}`));
          return;
        }
        dispatch(arrivals, packet.topic, asBytes(packet.payload)).then(
          () => done(null),
          (error: Error) => done(error),
        );
      },
      authorizeSubscribe: (_client, subscription, done) => {
        done(null, subscribable.test(subscription.topic) ? subscription : null);
      },
    });
    this.#broker = broker;
    const server = createServer({ noDelay: true }, (socket) => this.#connect(broker, socket));
    this.#server = server;
    await listen(server, this.#port, this.#host);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #connect(broker: Aedes, socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const client = socket.remoteAddress ?? '';
    const guarded = guardMqtt(socket, limits, (reason) => {
      this.#log.warn({ client, reason }, 'cut off a client of the uplink broker');
    });
    broker.handle(guarded);
  }

  connected(): null {
    return null;
  }

  send(topic: string, payload: string): void {
    const packet = { cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false } as const;
    this.#broker?.publish(packet, () => {});
  }

  async stop(): Promise<void> {
    const broker = this.#broker;
    const server = this.#server;
    this.#broker = null;
    this.#server = null;
    const closed = new Promise<void>((done) => {
      if (server === null) done();
      else server.close(() => done());
    });
    if (broker !== null) await new Promise<void>((done) => broker.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function asBytes(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (cause) => {
      fail(
        new CaretakerError(
          {
            code: 'CLOUD_MQTT_PORT_UNAVAILABLE',
            message: `Port ${port} for gateways cannot be opened: ${cause.message}`,
            next: 'Set CARETAKER_CLOUD_MQTT_PORT to another port, or stop what uses this one.',
          },
          { cause },
        ),
      );
    });
    server.listen(port, host, () => done());
  });
}
