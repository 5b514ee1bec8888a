import mqtt, { type MqttClient } from 'mqtt';
import type { Message } from './messages.ts';
import type { Random } from './random.ts';

/** A message with what has become of it so far. */
export interface Sent {
  readonly message: Message;
  acknowledged: boolean;
  /** How often the device itself has published it; what its MQTT client repeats by itself is not counted. */
  attempts: number;
  /** The life of the gateway in which it was first published, and the one that acknowledged it. */
  firstLife: number;
  ackLife: number;
}

interface Due {
  readonly sent: Sent;
  /** When it is measured, by the machine's monotonic clock; milliseconds. */
  readonly due: number;
}

export interface DeviceOptions {
  readonly id: string;
  readonly url: string;
  readonly random: Random;
  /** A number that changes with each process of the gateway. */
  readonly life: () => number;
}

const window = 16;
const lookMs = 10;
/** A publish that was not called back for so long is done again. */
const forgottenMs = 15_000;
const remembered = 12;

/**
 * A device as they should be built: a persistent session, and an outbox from which a message goes when it is
 * acknowledged. mqtt.js may fail a publish with "Connection closed" while it reconnects, QoS 1 or not, so the outbox
 * tries again, by a timer.
 */
export class Device {
  readonly #options: DeviceOptions;
  #client: MqttClient;
  #waiting: Due[] = [];
  readonly #inFlight = new Map<Sent, number>();
  #recent: Sent[] = [];
  #timer: NodeJS.Timeout;
  #forgotten = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#client = this.#connect();
    this.#timer = setInterval(() => this.#pump(), lookMs);
  }

  /** Messages of which its client said nothing for long, so that they were published again. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Messages that are not acknowledged yet. */
  get owed(): number {
    return this.#waiting.length + this.#inFlight.size;
  }

  /** Takes messages to be published in the order given, spread over `span` milliseconds. */
  say(messages: readonly Message[], span: number): Sent[] {
    const now = performance.now();
    const all = messages.map((message, index) => ({
      due: now + (index * span) / messages.length,
      sent: { message, acknowledged: false, attempts: 0, firstLife: -1, ackLife: -1 },
    }));
    this.#waiting = [...this.#waiting, ...all].sort((a, b) => a.due - b.due);
    return all.map(({ sent }) => sent);
  }

  /**
   * Loses its power and comes back: its MQTT client forgets everything, and the device says again what it does not
   * know to be acknowledged, which is a little more than what was not.
   */
  powerCycle(): void {
    this.#client.end(true);
    this.#client = this.#connect();
    // Of unstamped ones a repeat is another reading; a device without a clock keeps its outbox all the better.
    const again = this.#recent.filter(({ message }) => message.at !== null);
    const open = [...this.#inFlight.keys()];
    this.#inFlight.clear();
    const now = performance.now();
    this.#waiting.unshift(...[...again, ...open].map((sent) => ({ sent, due: now })));
    this.#recent = [];
  }

  end(): void {
    clearInterval(this.#timer);
    this.#client.end(true);
  }

  #connect(): MqttClient {
    const client = mqtt.connect(this.#options.url, {
      clientId: `chaos-${this.#options.id}`,
      clean: false,
      protocolVersion: 4,
      reconnectPeriod: 100,
      connectTimeout: 5_000,
      keepalive: 30,
    });
    client.on('error', () => {});
    return client;
  }

  #pump(): void {
    const now = performance.now();
    for (const [sent, since] of this.#inFlight) {
      if (now - since <= forgottenMs) continue;
      this.#forgotten += 1;
      this.#retry(sent, 0);
    }
    if (!this.#client.connected) return;
    while (this.#inFlight.size < window) {
      const next = this.#waiting[0];
      if (next === undefined || next.due > now) return;
      this.#waiting.shift();
      this.#publish(next.sent);
    }
  }

  #publish(sent: Sent): void {
    const { topic, payload, qos } = sent.message;
    if (sent.attempts === 0) sent.firstLife = this.#options.life();
    sent.attempts += 1;
    const attempt = sent.attempts;
    this.#inFlight.set(sent, performance.now());
    this.#client.publish(topic, payload, { qos }, (error) => {
      if (error === undefined || error === null) this.#acknowledged(sent);
      else if (attempt === sent.attempts) this.#retry(sent, this.#options.random.whole(20, 120));
    });
  }

  #acknowledged(sent: Sent): void {
    this.#inFlight.delete(sent);
    if (!sent.acknowledged) sent.ackLife = this.#options.life();
    sent.acknowledged = true;
    this.#recent = [...this.#recent, sent].slice(-remembered);
  }

  #retry(sent: Sent, wait: number): void {
    if (!this.#inFlight.delete(sent)) return;
    this.#waiting.unshift({ sent, due: performance.now() + wait });
  }
}
