import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import type { IPublishPacket } from 'mqtt-packet';
import { eventsRoot, matches } from '../access/index.ts';
import type { Ingest } from '../ingest/index.ts';
import { Echoes } from './echoes.ts';
import { Line, type Will } from './line.ts';

export interface ExternalBrokerOptions {
  readonly url: string;
  /** What it reads of the broker. */
  readonly topics: readonly string[];
  readonly gateway: string;
  /** What that broker says of us when our connection breaks. */
  readonly will: Will | null;
  readonly trust: Trust;
  readonly ingest: Pick<Ingest, 'take'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How the connection to the broker of the devices stands. */
export interface ExternalStatus {
  /** `host:port` */
  readonly address: string;
  readonly connected: boolean;
  /** Why it is not; null when it is. */
  readonly trouble: Fault | null;
  /** Messages since start. */
  readonly received: number;
  /** Messages that are being made durable. */
  readonly underWay: number;
  /** Connections since start. */
  readonly connections: number;
  /** How often the broker had forgotten our session: what it held for us until then is gone. */
  readonly sessionsLost: number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** Beyond so many under way the broker has to wait; below half of it, it goes on. */
const MOST_UNDER_WAY = 1_000;
/** The same of their payloads together: some brokers let large ones through. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Takes what devices say from a broker that somebody else runs. A message is acknowledged to that broker when it is
 * on our disk, in order and many at a time. What the broker had accepted from a device and not yet given to us is in
 * its hands.
 */
export class ExternalBroker {
  readonly #options: ExternalBrokerOptions;
  readonly #address: string;
  readonly #echoes = new Echoes();
  #line: Line | null = null;
  #trouble: Fault | null = null;
  #received = 0;
  #underWay = 0;
  #bytes = 0;
  #paused = false;
  #connections = 0;
  #sessionsLost = 0;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: (() => void) | null = null;
  #connecting: Promise<void> | null = null;
  #stopped = false;
  #idle: (() => void) | null = null;

  constructor(options: ExternalBrokerOptions) {
    this.#options = options;
    const { hostname, port, protocol } = new URL(options.url);
    this.#address = `${hostname}:${port || (protocol === 'mqtts:' ? 8883 : 1883)}`;
  }

  get status(): ExternalStatus {
    return {
      address: this.#address,
      connected: this.#line !== null,
      trouble: this.#trouble,
      received: this.#received,
      underWay: this.#underWay,
      connections: this.#connections,
      sessionsLost: this.#sessionsLost,
    };
  }

  /** Connects in the background and never gives up: the broker may come up after us. */
  start(): void {
    this.#connect();
  }

  /**
   * Publishes on that broker at QoS 1.
   * @throws CaretakerError `EDGE_BROKER_UNREACHABLE` when there is no connection
   */
  async publish(
    topic: string,
    payload: Uint8Array | string,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<void> {
    const line = this.#line;
    if (line === null) throw new CaretakerError(this.#away());
    const bytes = Buffer.from(payload);
    if (this.#isWanted(topic)) this.#echoes.expect(topic, bytes);
    await line.publish(topic, bytes, retain);
  }

  /** Waits for what is being made durable, so that the broker need not send it again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#line?.pause();
    await this.#connecting;
    if (this.#underWay > 0 && this.#line !== null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle = resolve;
      await promise;
    }
    this.#line?.close();
    this.#line = null;
  }

  #connect(): void {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = null;
    });
  }

  async #open(): Promise<void> {
    const { url, trust, clock, topics, gateway, will, log } = this.#options;
    const clientId = `caretaker-${gateway}`;
    let opened: Line | null = null;
    try {
      const { line, session } = await Line.open({
        ...{ url, trust, clock, clientId, will, session: true },
        onPublish: (on, packet, safe) => this.#take(on, packet, safe),
        onEnd: (on, reason) => this.#ended(on, reason),
      });
      opened = line;
      await line.subscribe(topics);
      if (this.#stopped) return line.close();
      this.#connected(line, session);
      log.info({ broker: this.#address, session }, 'reads the devices of a broker');
    } catch (error) {
      opened?.close();
      this.#failed(error);
    }
  }

  #connected(line: Line, session: boolean): void {
    this.#line = line;
    this.#paused = false;
    this.#trouble = null;
    this.#retryMs = FIRST_RETRY_MS;
    this.#connections += 1;
    if (session || this.#connections === 1) return;
    this.#sessionsLost += 1;
    this.#options.log.warn(
      { broker: this.#address },
      'the broker has forgotten this gateway: what it held for it is gone',
    );
  }

  #failed(error: unknown): void {
    const { log } = this.#options;
    const trouble = faultOf(error);
    if (trouble.message !== this.#trouble?.message) log.warn({ ...trouble }, trouble.message);
    this.#trouble = trouble;
    this.#retry();
  }

  #ended(line: Line, reason: string): void {
    if (this.#line !== line) return;
    this.#line = null;
    this.#idle?.();
    const { log } = this.#options;
    log.warn({ broker: this.#address, reason }, 'the connection to the devices has ended');
    this.#trouble = this.#away(reason);
    this.#retry();
  }

  #retry(): void {
    if (this.#stopped) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#options.clock.after(this.#retryMs, () => this.#connect());
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
  }

  #take(line: Line, { topic, payload, retain }: IPublishPacket, safe: () => void): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    if (!this.#isWanted(topic) || this.#echoes.takes(topic, bytes)) {
      safe();
      return;
    }
    this.#received += 1;
    this.#underWay += 1;
    this.#bytes += bytes.length;
    if (this.#share >= 1 && !this.#paused) {
      this.#paused = true;
      line.pause();
    }
    const taken = (error: Error | null) => {
      this.#bytes -= bytes.length;
      this.#taken(line, error, safe);
    };
    this.#options.ingest.take(`broker ${this.#address}`, topic, bytes, taken, retain);
  }

  #taken(line: Line, error: Error | null, safe: () => void): void {
    this.#underWay -= 1;
    if (error === null) safe();
    // Not acknowledged: the broker sends it again on the next connection, and what came behind it.
    else line.fail(`readings cannot be kept: ${error.message}`);
    if (this.#underWay === 0) this.#idle?.();
    if (!this.#paused || this.#stopped || this.#share > 0.5) return;
    this.#paused = false;
    line.resume();
  }

  /** Of what may be under way; from 1 on the broker has to wait. */
  get #share(): number {
    return Math.max(this.#underWay / MOST_UNDER_WAY, this.#bytes / MOST_BYTES);
  }

  /** Events are only ours, and a session remembers filters of before. */
  #isWanted(topic: string): boolean {
    if (topic.startsWith(`${eventsRoot}/`) || topic.startsWith('ctk/')) return false;
    return this.#options.topics.some((filter) => matches(filter, topic));
  }

  #away(reason?: string): Fault {
    const why = reason === undefined ? '' : `: ${reason}`;
    return {
      code: 'EDGE_BROKER_UNREACHABLE',
      message: `There is no connection to the broker of the devices (${this.#address})${why}`,
      next: 'Start it, or correct EDGE_MQTT_URL. What devices send meanwhile is in its hands.',
    };
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof CaretakerError) {
    const { code, message, next } = error;
    return { code, message, ...(next === undefined ? {} : { next }) };
  }
  return { code: 'EDGE_BROKER_UNREACHABLE', message: String(error) };
}
