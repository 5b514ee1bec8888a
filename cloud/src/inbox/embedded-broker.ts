import type { Server, Socket } from 'node:net';
import { CaretakerError, type Log } from '@caretaker/readings/base';
import { guardMqtt } from '@caretaker/readings/mqtt-guard';
import { createListener, type Tls } from '@caretaker/readings/tls';
import { Aedes } from 'aedes';
import type { GatewayAccess } from './gateway-access.ts';
import { type Arrivals, dispatch, type Transport } from './transport.ts';

/** A frame carries at most 5,000 readings; at its least compressible that is well under this. */
const limits = { beforeConnect: 16 * 1024, afterConnect: 4 * 1024 * 1024 };
/** Whoever does not say who they are within this time is cut off, and so many may take it at once. */
const connectWithinMs = 10_000;
const mostConnecting = 1_000;

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly access: GatewayAccess;
  /** Null to speak plain MQTT. */
  readonly tls: Tls | null;
  readonly log: Log;
}

/**
 * The broker that gateways connect to when no external one is set up. Speaks MQTT 3.1.1. Who may do what is said in
 * `GatewayAccess`.
 */
export class EmbeddedBroker implements Transport {
  readonly #options: EmbeddedBrokerOptions;
  readonly #sockets = new Set<Socket>();
  /** Where those come from that have not proved yet who they are. */
  readonly #strangers = new Set<string>();
  #broker: Aedes | null = null;
  #server: Server | null = null;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
  }

  async start(arrivals: Arrivals): Promise<number> {
    const { access, tls, log, host, port } = this.#options;
    const broker = await Aedes.createBroker({
      concurrency: 1000,
      connectTimeout: connectWithinMs,
      authenticate: access.authenticate,
      // The only hook that runs before a message is acknowledged and before the socket is read on: waiting
      // in it is our back-pressure.
      authorizePublish: (client, packet, done) => {
        access.authorizePublish(client, packet, (refused) => {
          if (refused !== null && refused !== undefined) return done(refused);
          dispatch(arrivals, packet.topic, asBytes(packet.payload)).then(
            () => done(null),
            (error: Error) => done(error),
          );
        });
      },
      authorizeSubscribe: access.authorizeSubscribe,
      authorizeForward: access.authorizeForward,
    });
    broker.on('client', ({ conn }) => this.#strangers.delete(placeOf(conn as Socket)));
    access.start();
    this.#broker = broker;
    const server = createListener(tls, {
      admit: (socket) => this.#admit(socket),
      ready: (socket) => this.#connect(broker, socket),
      failed: (client, reason) =>
        log.debug({ client, reason }, 'a TLS handshake with a gateway failed'),
    });
    this.#server = server;
    await listen(server, port, host);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #admit(socket: Socket): boolean {
    const client = socket.remoteAddress ?? '';
    if (this.#strangers.size >= mostConnecting || !this.#options.access.admits(client))
      return false;
    const place = placeOf(socket);
    this.#sockets.add(socket);
    this.#strangers.add(place);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#strangers.delete(place);
    });
    return true;
  }

  #connect(broker: Aedes, socket: Socket): void {
    const client = socket.remoteAddress ?? '';
    const guarded = guardMqtt(socket, limits, (reason) => {
      this.#options.log.warn({ client, reason }, 'cut off a client of the uplink broker');
    });
    broker.handle(guarded);
  }

  connected(gateway: string): boolean {
    return this.#options.access.connected(gateway);
  }

  send(topic: string, payload: string): void {
    const packet = { cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false } as const;
    this.#broker?.publish(packet, () => {});
  }

  async stop(): Promise<void> {
    const broker = this.#broker;
    const server = this.#server;
    this.#options.access.stop();
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

/** The same for a connection and for TLS around it. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
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
