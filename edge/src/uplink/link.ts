import { connect as connectPlain } from 'node:net';
import { CaretakerError, type Fault, type Log } from '@caretaker/readings/base';
import { guardAnswers } from '@caretaker/readings/mqtt-guard';
import { connectTls, type Trust } from '@caretaker/readings/tls';
import {
  type Ack,
  ackSchema,
  bundleLimits,
  type Reply,
  replySchema,
  type Status,
  uplinkTopic,
} from '@caretaker/readings/uplink';
import { type IClientOptions, MqttClient } from 'mqtt';
import type { Credentials } from './membership.ts';

export interface LinkOptions {
  readonly url: string;
  /** Whom to believe at an mqtts address. */
  readonly trust: Trust;
  readonly gateway: string;
  readonly log: Log;
  /** Published by the broker when the connection breaks. */
  readonly will: Status;
  /** Subscribed to acknowledgements; from now until `onDown` messages are sent. */
  readonly onUp: () => void;
  readonly onDown: () => void;
  readonly onAck: (ack: Ack) => void;
  /** The cloud answers what a status message asked. */
  readonly onReply: (reply: Reply) => void;
  /** The cloud sends configuration; nothing is known of the message. */
  readonly onConfig: (message: Uint8Array) => void;
  /** For one attempt to connect; null when there are none yet, or when the address has its own. */
  readonly credentials: () => Credentials | null;
  /** The cloud does not believe who we are. */
  readonly onRefused: () => void;
}

/** Milliseconds between two attempts to connect. */
const RECONNECT_MS = 1_000;
/** The same after a refusal, which the next attempt seldom changes. */
const REFUSED_RECONNECT_MS = 5_000;
/** CONNACK: bad user name or password, not authorised [MQTT 3.1.1, 3.2.2.3]. */
const REFUSALS: ReadonlySet<unknown> = new Set([4, 5]);
const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_S = 10;
/** Bytes that may wait for the socket: more would hold up what is urgent, and grow while the cloud does not read. */
const BUFFERED_BYTES = 128 * 1024;

/**
 * The MQTT connection to the cloud. It queues nothing and resends nothing by itself: what must arrive is
 * resent from the journal.
 */
export class Link {
  readonly #options: LinkOptions;
  #client: MqttClient | null = null;
  #up = false;
  #untrusted: Fault | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Why the server at the address is not believed to be the cloud; null when it is, or was not reached yet. */
  get untrusted(): Fault | null {
    return this.#untrusted;
  }

  /** Begins to connect, or tries anew at once: who we are may have changed. */
  start(): void {
    if (this.#client === null) this.#connect();
    else if (!this.#client.connected) this.#client.reconnect();
  }

  #connect(): void {
    const { gateway, will, log, credentials, onRefused } = this.#options;
    const client = this.#open({
      ...credentials(),
      clientId: `caretaker-${gateway}`,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: RECONNECT_MS,
      reconnectOnConnackError: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // A frame queued in memory would arrive behind those that the journal resends.
      queueQoSZero: false,
      resubscribe: false,
      will: this.#message(will),
    });
    this.#client = client;
    // Told before each further attempt: a password is good for one.
    client.on('reconnect', () => void Object.assign(client.options, credentials()));
    client.on('connect', () => {
      client.options.reconnectPeriod = RECONNECT_MS;
      this.#subscribe(client);
    });
    const config = uplinkTopic(gateway, 'config');
    client.on('message', (topic, payload) =>
      topic === config ? this.#options.onConfig(payload) : this.#take(payload),
    );
    client.on('close', () => this.#lost());
    client.on('error', (error) => {
      log.debug({ error: error.message }, 'uplink connection error');
      if (!('code' in error) || !REFUSALS.has(error.code)) return;
      client.options.reconnectPeriod = REFUSED_RECONNECT_MS;
      onRefused();
    });
  }

  #open(options: IClientOptions): MqttClient {
    const { url, trust } = this.#options;
    const { protocol, hostname, port, username, password } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const own = username === '' ? {} : { username, password };
    const named = Object.entries(own).map(([name, text]) => [name, decodeURIComponent(text)]);
    const plain = () => connectPlain({ host, port: Number(port) || 1883 });
    const secure = () => {
      const socket = connectTls(host, Number(port) || 8883, trust);
      socket.once('secureConnect', () => this.#judged(null));
      return socket.once('error', (error) => this.#judged(error));
    };
    const stream = () =>
      // The client would collect 256 MB of whoever stands where the cloud should.
      guardAnswers(protocol === 'mqtts:' ? secure() : plain(), bundleLimits.packetBytes, (reason) =>
        this.#options.log.warn({ reason }, 'cut off what does not speak as the cloud does'),
      );
    return new MqttClient(stream, { ...options, ...Object.fromEntries(named) });
  }

  /** Says once that the server is not the one that it should be. */
  #judged(error: Error | null): void {
    if (error !== null && !(error instanceof CaretakerError)) return;
    const before = this.#untrusted?.message;
    this.#untrusted = error;
    if (error === null || error.message === before) return;
    this.#options.log.error({ code: error.code, next: error.next }, error.message);
  }

  #message(status: Status) {
    const topic = uplinkTopic(this.#options.gateway, 'status');
    return { topic, payload: Buffer.from(JSON.stringify(status)), qos: 0, retain: false } as const;
  }

  #subscribe(client: MqttClient): void {
    const { gateway, log, onUp } = this.#options;
    // First, so that what the cloud sends after our greeting is heard; without it all else goes on.
    client.subscribe(uplinkTopic(gateway, 'config'), { qos: 0 }, (error) => {
      if (error) log.warn({ error: error.message }, 'the cloud refused the configuration topic');
    });
    client.subscribe(uplinkTopic(gateway, 'acks'), { qos: 0 }, (error) => {
      if (error !== null && error !== undefined) {
        log.warn({ error: error.message }, 'the cloud refused the acknowledgement topic');
        return;
      }
      if (!client.connected || this.#up) return;
      this.#up = true;
      log.info({}, 'connected to the cloud');
      onUp();
    });
  }

  #lost(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#options.log.warn({}, 'connection to the cloud lost; readings stay in the journal');
    this.#options.onDown();
  }

  #take(payload: Buffer): void {
    const said = read(payload);
    const ack = ackSchema.safeParse(said);
    const reply = replySchema.safeParse(said);
    if (reply.success) this.#options.onReply(reply.data);
    else if (ack.success) this.#options.onAck(ack.data);
    else this.#options.log.warn({}, 'an acknowledgement of the cloud cannot be read');
  }

  /** Whether a frame given now goes to the socket soon. */
  get room(): boolean {
    return this.#up && this.buffered < BUFFERED_BYTES;
  }

  /** Bytes that wait for the socket. */
  get buffered(): number {
    return this.#client?.stream?.writableLength ?? 0;
  }

  /** Goes to the socket at once, before all frames that were not given yet. */
  status(status: Status): void {
    const { topic, payload } = this.#message(status);
    this.#publish(topic, payload, () => {});
  }

  /** @param sent told when the frame has gone to the socket. */
  frame(bytes: Uint8Array, sent: () => void): void {
    const { gateway } = this.#options;
    const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#publish(uplinkTopic(gateway, 'frames'), payload, sent);
  }

  #publish(topic: string, payload: Buffer, sent: () => void): void {
    if (!this.#up || this.#client === null) return;
    this.#client.publish(topic, payload, { qos: 0 }, (error) => {
      // Lost with the connection: the journal still has it.
      if (error === null || error === undefined) sent();
    });
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#up = false;
    await client?.endAsync(!client.connected);
  }
}

/** @returns null when it is not JSON */
function read(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}
