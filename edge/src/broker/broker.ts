import type { Server, Socket } from 'node:net';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { guardMqtt, Intake, type Line } from '@caretaker/readings/mqtt-guard';
import { createListener, type Tls } from '@caretaker/readings/tls';
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes';
import { type Access, isDropped, isTopic, matches, type Refusals } from '../access/index.ts';
import type { Ingest, Taken } from '../ingest/index.ts';
import { Outgoing, subscriptionsOf } from './outgoing.ts';
import { Listeners, type Router, routeEarly } from './routing.ts';
import { type SessionCounts, type SessionPacket, Sessions } from './sessions.ts';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly ingest: Ingest;
  readonly access: Access;
  /** Where it keeps retained messages and sessions. */
  readonly sessionsFile: string;
  /** Null to speak plain MQTT. */
  readonly tls: Tls | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BrokerCounts {
  /** Connected now. */
  readonly clients: number;
  /** Ever cut off: by the guard, for connecting too often, or for not reading. */
  readonly cutOff: number;
  /** Messages at QoS 0 that slow subscribers did not get. */
  readonly dropped: number;
  readonly sessions: SessionCounts;
  readonly refusals: Refusals;
}

/** How the gateway says something itself. */
export interface PublishOptions {
  readonly qos: 0 | 1 | 2;
  /** Kept for whoever subscribes later; an empty payload removes what is kept. */
  readonly retain: boolean;
  /** Retained until this process ends only: who publishes it says it again at the next start. */
  readonly fleeting?: boolean;
}

const packetBytes = { beforeConnect: 16_000, afterConnect: 256_000 };
/** A subscriber that reads nothing for so long is cut off. */
const DRAIN_TIMEOUT_MS = 5_000;
/** A thousand connections that send more than they may keep so much each, beside what the kernel keeps. */
const BUFFER_BYTES = 16 * 1024;
/**
 * Packets under way at a time. Measured with `pnpm bench edge`: fewer of one client make it slower than its share,
 * and more of all only take memory.
 */
const underWay = { overall: 2_000, perClient: 256 };

/**
 * The broker that devices publish to, MQTT 3.1.1. A message is acknowledged when it is on disk: PUBACK waits in
 * `authorizePublish`, the only hook aedes calls before it; PUBREC waits where the session notes the message. What
 * a client may not say goes the same way and is kept nowhere.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #intake = new Intake(underWay);
  readonly #outgoing = new Outgoing();
  readonly #sessions: Sessions;
  #broker: Aedes | null = null;
  #server: Server | null = null;
  /** For programs of this machine that the gateway itself starts. */
  #inside: Server | null = null;
  #cutOff = 0;

  constructor(options: BrokerOptions) {
    this.#options = options;
    const { sessionsFile: file, clock, log } = options;
    this.#sessions = new Sessions({
      ...{ file, clock, log },
      keep: (client, packet) =>
        new Promise((resolve, reject) => {
          this.#take(client, packet, (error) => {
            if (error === null) resolve();
            else reject(error);
          });
        }),
    });
  }

  get counts(): BrokerCounts {
    return {
      clients: this.#broker?.connectedClients ?? 0,
      cutOff: this.#cutOff,
      dropped: this.#outgoing.dropped,
      sessions: this.#sessions.counts,
      refusals: this.#options.access.refusals,
    };
  }

  /**
   * @returns the port.
   * @throws CaretakerError `EDGE_PORT_UNAVAILABLE`.
   */
  async start(): Promise<number> {
    const { log, host, port, tls } = this.#options;
    const broker = await this.#createBroker();
    const cutOff = new WeakSet<Client>();
    broker.on('clientError', (client, error) => {
      // The words of aedes: it gives no code, and says it for each message that waits.
      if (error.message === 'drain timeout' && !cutOff.has(client)) this.#cutOff += 1;
      cutOff.add(client);
      log.debug({ client: client.id, error: error.message }, 'a device connection failed');
    });
    this.#broker = broker;
    const server = createListener(tls, {
      bufferBytes: BUFFER_BYTES,
      admit: (socket) => this.#admit(socket),
      ready: (socket) => this.#connect(broker, socket),
      failed: (address, reason) =>
        log.debug({ address, reason }, 'a TLS handshake with a device failed'),
    });
    this.#server = server;
    await listen(server, host, port);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /**
   * Listens on a free loopback port in the clear as well: a certificate seldom names this machine as programs on it
   * do. Clients are checked as on the other port.
   * @returns the port.
   */
  async startInside(): Promise<number> {
    const broker = this.#broker;
    if (broker === null) throw new Error('not started');
    const server = createListener(null, {
      bufferBytes: BUFFER_BYTES,
      admit: (socket) => this.#admit(socket),
      ready: (socket) => this.#connect(broker, socket),
      failed: () => {},
    });
    this.#inside = server;
    await listen(server, '127.0.0.1', 0);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async #createBroker(): Promise<Aedes> {
    const { access } = this.#options;
    const sessions = this.#sessions;
    await sessions.start((client) => this.#isHere(client));
    const listeners = new Listeners();
    for (const filter of sessions.filters) listeners.add(filter);
    const broker = await Aedes.createBroker({
      // No queue: its own calls itself for each message that nobody hears, and a thousand in it end the process.
      concurrency: 0,
      drainTimeout: DRAIN_TIMEOUT_MS,
      persistence: sessions.persistence,
      authenticate: access.authenticate,
      authorizeForward: (client, packet) => this.#forward(client, packet),
      authorizeSubscribe: (client, subscription, done) => {
        access.authorizeSubscribe(client, subscription, (error, allowed) => {
          if (allowed) listeners.add(allowed.topic);
          done(error, allowed ?? null);
        });
      },
      authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
    });
    routeEarly(broker, listeners);
    broker.on('unsubscribe', access.unsubscribed);
    broker.on('clientDisconnect', ({ id }) => sessions.left(id));
    return broker;
  }

  #isHere(client: string): boolean {
    // Its types leave it out.
    const { clients = {} } = (this.#broker ?? {}) as { clients?: Record<string, unknown> };
    return clients[client] !== undefined;
  }

  #publish(client: Client | null, packet: PublishPacket, done: Taken): void {
    // Our hook replaces aedes's own guard of the broker's topics.
    if (packet.topic.startsWith('$')) {
      done(new Error('topics that start with $ are reserved'));
      return;
    }
    this.#options.access.authorizePublish(client, packet, (error) => {
      if (error) done(error);
      // QoS 2 is kept after the duplicate check; a will has no message id and never comes to it.
      else if (client === null || (packet.qos === 2 && packet.messageId !== undefined)) done(null);
      else this.#take(client, packet, done);
    });
  }

  #forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const allowed = this.#options.access.authorizeForward(client, packet);
    // What was retained, and it alone, waits until there is room.
    if (!allowed || packet.retain) return allowed ?? null;
    const verdict = this.#outgoing.judge(client);
    if (verdict === 'send') return atGranted(client, allowed);
    if (verdict === 'cut') this.#cut(client, 'it does not keep up with what it subscribed to');
    return null;
  }

  #cut(client: Client, reason: string): void {
    this.#cutOff += 1;
    this.#options.log.warn({ client: client.id, reason }, 'cut off a client of the device broker');
    client.close();
  }

  #take(client: { readonly id: string }, packet: SessionPacket, taken: Taken): void {
    const { ingest, access } = this.#options;
    if (isDropped(packet)) taken(null);
    else ingest.take(access.nameOf(client), packet.topic, bytesOf(packet.payload), taken);
  }

  #admit(socket: Socket): boolean {
    if (!this.#options.access.admits(socket.remoteAddress)) {
      this.#cutOff += 1;
      return false;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return true;
  }

  #connect(broker: Aedes, socket: Socket): void {
    const address = socket.remoteAddress;
    const guarded = guardMqtt(socket, packetBytes, (reason) => {
      this.#cutOff += 1;
      this.#options.log.warn({ address, reason }, 'cut off a client of the device broker');
    });
    const { access, clock } = this.#options;
    let client: Client | null = null;
    const line = this.#intake.watch(guarded, {
      wait: () => (client === null ? 0 : access.waitOf(client)),
      after: (ms, call) => void clock.after(ms, call),
    });
    client = broker.handle(guarded as Socket);
    countDone(client, line);
  }

  /**
   * Says something itself to all who have subscribed and may hear it, on any topic. It is no message of a device: it
   * goes past the rights of clients and never into the journal. Resolves when the broker has it, with what it retains
   * and queues for sessions; a slow subscriber is not waited for, and treated as for any other message.
   * @throws CaretakerError `EDGE_PUBLISH_INVALID`, `EDGE_BROKER_STOPPED`
   */
  async publish(
    topic: string,
    payload: string | Uint8Array,
    { qos, retain, fleeting = false }: PublishOptions,
  ): Promise<void> {
    const broker = this.#broker as Router | null;
    if (broker === null) throw stopped();
    const bytes = bytesOf(payload);
    if (!isTopic(topic) || topic.length + bytes.length > packetBytes.afterConnect) {
      throw invalid(topic, bytes.length);
    }
    if (retain && fleeting) this.#sessions.dontKeep(topic);
    const packet = { cmd: 'publish', topic, payload: bytes, qos, retain, dup: false };
    await new Promise<void>((resolve) => broker.publish(packet, null, () => resolve()));
  }

  async stop(): Promise<void> {
    const broker = this.#broker;
    const closed = Promise.all([closing(this.#server), closing(this.#inside)]);
    this.#server = null;
    this.#inside = null;
    this.#broker = null;
    if (broker !== null) await new Promise<void>((resolve) => broker.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#sessions.stop();
  }
}

/** At no more than was granted [MQTT-3.8.4-6]: aedes looks at filters without wildcards only. */
function atGranted(client: Client, packet: AedesPublishPacket): AedesPublishPacket {
  // It delivers at QoS 0 or above as it was asked for, so that only this one can be too high.
  if (packet.qos !== 2) return packet;
  const granted = Object.entries(subscriptionsOf(client))
    .filter(([filter]) => matches(filter, packet.topic))
    .map(([, { qos }]) => qos);
  return granted.length > 0 && Math.max(...granted) === 1 ? { ...packet, qos: 1 } : packet;
}

/** aedes calls this each time it is done with a packet, to read the next ones. */
function countDone(client: Client, line: Line): void {
  // Its types leave it out; there is no other place where it says so.
  const inside = client as unknown as { _nextBatch: (error?: Error | null) => void };
  const next = inside._nextBatch;
  inside._nextBatch = (error) => {
    line.done();
    next(error);
  };
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function stopped(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BROKER_STOPPED',
    message: 'Nothing can be published: the device broker does not run.',
  });
}

function invalid(topic: string, bytes: number): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_PUBLISH_INVALID',
    message: `Nothing can be published to "${topic.slice(0, 64)}" with ${bytes} bytes.`,
    next: `Give a topic without wildcards that does not begin with $, and less than ${packetBytes.afterConnect} bytes.`,
  });
}

function closing(server: Server | null): Promise<void> {
  return new Promise((resolve) => {
    if (server === null) resolve();
    else server.close(() => resolve());
  });
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
