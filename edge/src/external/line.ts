import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { CaretakerError, type Clock } from '@caretaker/readings/base';
import { connectTls, type Trust } from '@caretaker/readings/tls';
import {
  generate,
  type IConnackPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import { Acknowledgements } from './acknowledgements.ts';
import { PacketBound } from './packets.ts';

export interface Will {
  readonly topic: string;
  readonly payload: string;
}

export interface LineOptions {
  /** `mqtt://` or `mqtts://`, with user and password where the broker asks for them. */
  readonly url: string;
  readonly clientId: string;
  /** The broker keeps what comes for this client id while we are away. */
  readonly session: boolean;
  /** What the broker says, retained, when the connection breaks. */
  readonly will?: Will | null;
  /** Whom to believe at an mqtts address. */
  readonly trust: Trust;
  readonly clock: Clock;
  /** @param safe to be called when the message is on disk; the broker is told in order */
  readonly onPublish: (line: Line, packet: IPublishPacket, safe: () => void) => void;
  /** Once, when the line has ended by itself. */
  readonly onEnd: (line: Line, reason: string) => void;
}

const KEEPALIVE_S = 30;
const PATIENCE_MS = 10_000;
/** The socket waits when so much is not yet on its way to the broker. */
const WRITE_BYTES = 256 * 1024;
/**
 * Of one packet that is read. With the longest topic that leaves more than any decoder takes (256 KiB of Sparkplug), so
 * that a message whose end was cut off is always too large, and never taken for a whole one.
 */
const MOST_BYTES = 336 * 1_024;
/** Neither a broker that says nothing nor one that takes nothing is waited for longer. */
const SILENCE_MS = KEEPALIVE_S * 1_500;

/**
 * One connection to a broker, MQTT 3.1.1 [OASIS mqtt-v3.1.1]. mqtt.js would serve but for one thing: it reads the next
 * message when the one before it is acknowledged, so that each would wait for a sync of the disk of its own.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #socket: Socket;
  /** What waits for an answer of the broker, by kind and message id. */
  readonly #waiting = new Map<string, (packet: Packet) => void>();
  readonly #acknowledgements = new Acknowledgements((messageId) =>
    this.#write({ cmd: 'puback', messageId }),
  );
  #nextId = 1;
  #heard: number;
  #ended = false;
  /** Why nothing is read: we have enough, or the broker takes nothing. */
  #held = false;
  /** Since when; null while it takes what we say. */
  #blocked: number | null = null;
  #stopPing: (() => void) | null = null;

  private constructor(options: LineOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#heard = options.clock.monotonic();
  }

  /**
   * Connects and takes up the session of before.
   * @returns the line, and whether the broker still had our session
   * @throws CaretakerError `EDGE_BROKER_UNREACHABLE`, `EDGE_BROKER_REFUSED`
   */
  static async open(options: LineOptions): Promise<{ line: Line; session: boolean }> {
    const { hostname, port, protocol } = new URL(options.url);
    const secure = protocol === 'mqtts:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const number = Number(port) || (secure ? 8883 : 1883);
    const socket = secure
      ? connectTls(host, number, options.trust)
      : connectPlain({ host, port: number, noDelay: true });
    try {
      await within(once(socket, secure ? 'secureConnect' : 'connect'), options.clock, 'no answer');
    } catch (cause) {
      socket.destroy();
      throw unreachable(`${host}:${number}`, cause);
    }
    const line = new Line(options, socket);
    try {
      const { returnCode, sessionPresent } = await line.#hello();
      if (returnCode !== 0) throw refused(returnCode ?? 255);
      line.#begin();
      return { line, session: sessionPresent };
    } catch (error) {
      line.#ended = true;
      socket.destroy();
      throw error instanceof CaretakerError ? error : unreachable(`${host}:${number}`, error);
    }
  }

  /** @throws CaretakerError `EDGE_BROKER_REFUSED` when the broker grants none of the filters */
  async subscribe(filters: readonly string[]): Promise<void> {
    const messageId = this.#id();
    const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const }));
    const answer = this.#answer(`suback ${messageId}`);
    this.#write({ cmd: 'subscribe', messageId, subscriptions });
    const packet = await answer;
    const granted = packet.cmd === 'suback' ? packet.granted : [];
    const denied = filters.filter((_, index) => Number(granted[index]) >= 128);
    if (denied.length === 0) return;
    throw new CaretakerError({
      code: 'EDGE_BROKER_REFUSED',
      message: `The broker of the devices does not let the gateway read ${denied.join(', ')}`,
      next: 'Allow its user to read these topics, or name others in EDGE_MQTT_TOPICS.',
    });
  }

  /** At QoS 1, resolved when the broker has it. */
  async publish(topic: string, payload: Uint8Array, retain: boolean): Promise<void> {
    const messageId = this.#id();
    const answer = this.#answer(`puback ${messageId}`);
    const bytes = Buffer.from(payload);
    const how = { qos: 1, dup: false, retain } as const;
    this.#write({ cmd: 'publish', topic, payload: bytes, messageId, ...how });
    await answer;
  }

  /** Reads nothing more until `resume`; what the kernel does not hold the broker does. */
  pause(): void {
    this.#held = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#held = false;
    if (this.#blocked === null) this.#socket.resume();
  }

  /** Ends the connection and not the session. `onEnd` is not called. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopPing?.();
    if (this.#socket.writable) this.#socket.end(generate({ cmd: 'disconnect' }));
    this.#socket.destroySoon();
    this.#giveUp();
  }

  /** Ends it at once: what is not acknowledged comes again. */
  fail(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopPing?.();
    this.#socket.destroy();
    this.#giveUp();
    this.#options.onEnd(this, reason);
  }

  #giveUp(): void {
    const gone = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const tell of gone) tell({ cmd: 'disconnect' });
  }

  async #hello(): Promise<IConnackPacket> {
    const { url, clientId, session, will = null } = this.#options;
    const { username, password } = new URL(url);
    const answer = this.#answer('connack');
    this.#listen();
    this.#write({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: !session, clientId },
      keepalive: KEEPALIVE_S,
      ...(will === null
        ? {}
        : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: Buffer.from(decodeURIComponent(password)) }),
    });
    const packet = await answer;
    if (packet.cmd !== 'connack') throw new Error('it closed the connection');
    return packet;
  }

  #listen(): void {
    const parse = parser({ protocolVersion: 4 });
    const bound = new PacketBound(MOST_BYTES);
    const bad = (why: string) => this.fail(`the broker sent what is not MQTT: ${why}`);
    parse.on('packet', (packet) => this.#take(packet));
    parse.on('error', (error) => bad(error.message));
    this.#socket.on('data', (chunk: Buffer) => {
      this.#heard = this.#options.clock.monotonic();
      try {
        for (const part of bound.pass(chunk)) parse.parse(bytesOf(part));
      } catch (error) {
        bad(error instanceof Error ? error.message : String(error));
      }
    });
    this.#socket.on('error', (error) => this.fail(error.message));
    this.#socket.on('close', () => this.fail('the broker closed the connection'));
  }

  #begin(): void {
    const { clock } = this.#options;
    this.#stopPing = clock.every((KEEPALIVE_S * 1_000) / 2, () => {
      // Paused, nothing is heard, and that is our own doing.
      const now = clock.monotonic();
      const quiet = now - this.#heard;
      const stuck = now - (this.#blocked ?? now);
      if (stuck > SILENCE_MS) {
        this.fail(`the broker took nothing for ${Math.round(stuck / 1_000)} s`);
      } else if (quiet > SILENCE_MS && !this.#socket.isPaused()) {
        this.fail(`the broker said nothing for ${Math.round(quiet / 1_000)} s`);
      } else this.#write({ cmd: 'pingreq' });
    });
  }

  #take(packet: Packet): void {
    if (this.#ended) return;
    if (packet.cmd === 'publish') {
      const { messageId, qos } = packet;
      const counted = qos > 0 && messageId !== undefined;
      const safe = counted ? this.#acknowledgements.expect(messageId) : () => {};
      this.#options.onPublish(this, packet, safe);
      return;
    }
    const key = 'messageId' in packet && packet.messageId ? ` ${packet.messageId}` : '';
    const waiting = this.#waiting.get(`${packet.cmd}${key}`);
    this.#waiting.delete(`${packet.cmd}${key}`);
    waiting?.(packet);
  }

  async #answer(key: string): Promise<Packet> {
    const { promise, resolve } = Promise.withResolvers<Packet>();
    this.#waiting.set(key, resolve);
    const packet = await within(promise, this.#options.clock, 'no answer of the broker').finally(
      () => this.#waiting.delete(key),
    );
    if (packet.cmd === 'disconnect') throw new Error('the connection to the broker has ended');
    return packet;
  }

  #write(packet: Packet): void {
    if (this.#ended) return;
    this.#socket.write(generate(packet));
    if (this.#socket.writableLength <= WRITE_BYTES || this.#blocked !== null) return;
    // A broker that takes no acknowledgements gets no more messages out of us.
    this.#blocked = this.#options.clock.monotonic();
    this.#socket.pause();
    this.#socket.once('drain', () => {
      this.#blocked = null;
      if (!this.#held) this.#socket.resume();
    });
  }

  #id(): number {
    const id = this.#nextId;
    this.#nextId = id === 65_535 ? 1 : id + 1;
    return id;
  }
}

/** The same memory as the parser wants it. */
function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function within<T>(promise: Promise<T>, clock: Clock, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(PATIENCE_MS, () =>
    reject(new Error(`${what} within ${PATIENCE_MS / 1_000} s`)),
  );
  return Promise.race([promise, late]).finally(cancel);
}

function unreachable(where: string, cause: unknown): CaretakerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CaretakerError(
    {
      code: 'EDGE_BROKER_UNREACHABLE',
      message: `The broker of the devices cannot be reached (${where}): ${reason}`,
      next: 'Start it, or correct EDGE_MQTT_URL. What devices send meanwhile is in its hands.',
    },
    { cause },
  );
}

/** [MQTT-3.2.2-6] table 3.1 */
const reasons: readonly string[] = [
  '',
  'it does not speak MQTT 3.1.1',
  'it does not take our client id',
  'it is not available',
  'user or password are wrong',
  'the user may not connect',
];

function refused(code: number): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BROKER_REFUSED',
    message: `The broker of the devices refuses the gateway: ${reasons[code] ?? `code ${code}`}`,
    next: 'Correct user and password in EDGE_MQTT_URL, and what the broker allows that user.',
  });
}
