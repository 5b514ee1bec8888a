import type { Reading, ReadingValue } from '@caretaker/readings';
import { encodeFrame } from '@caretaker/readings/frame';
import { type Ack, ackSchema, uplinkTopic } from '@caretaker/readings/uplink';
import mqtt, { type MqttClient } from 'mqtt';
import { patienceMs, until } from '../servers/process.ts';
import { playedPassword } from './enrolment.ts';
import type { Sandbox } from './sandbox.ts';

/** A reading of a gateway (`asset/metric`), received when it was measured. */
export function played(point: string, at: number, value: ReadingValue): Reading {
  return { point, at, received: at, value, stamped: true, history: false };
}

/**
 * Plays a gateway over MQTT, so that a test or benchmark decides what it has received up to which instant. Its
 * journal lives as long as this object: after a break it is introduced again and goes on where the cloud is.
 */
export class PlayedGateway {
  readonly #id: string;
  readonly #sandbox: Sandbox;
  readonly #journal = 'played';
  #client: MqttClient | null = null;
  #acks: Ack[] = [];
  #next = 1;
  #completeTo = 0;

  /** @param sandbox where the cloud runs, with the settings it was started with */
  constructor(sandbox: Sandbox, id: string) {
    this.#sandbox = sandbox;
    this.#id = id;
  }

  /** Sequence of the newest reading that the cloud has accepted; −1 before it said anything. */
  get accepted(): number {
    return Math.max(-1, ...this.#acks.map((ack) => ack.accepted));
  }

  /** Connects, after it has enrolled, and introduces the journal; resolves when the cloud has said how far it is. */
  async connect(): Promise<void> {
    const client = await mqtt.connectAsync(this.#sandbox.environment.CARETAKER_UPLINK_URL ?? '', {
      reconnectPeriod: 0,
      username: this.#id,
      password: await playedPassword(this.#sandbox, this.#id),
    });
    // A cloud that is killed takes the connection with it.
    client.on('error', () => {});
    client.on('message', (_topic, payload) => {
      this.#acks.push(ackSchema.parse(JSON.parse(payload.toString())));
    });
    this.#client = client;
    this.#acks = [];
    await client.subscribeAsync(uplinkTopic(this.#id, 'acks'), { qos: 0 });
    const newest = this.#next - 1;
    const hello = { type: 'hello', journal: this.#journal, oldest: 1, newest, version: 'rig' };
    const words = JSON.stringify({ ...hello, at: this.#completeTo });
    await client.publishAsync(uplinkTopic(this.#id, 'status'), words, { qos: 1 });
    await until('the cloud knows the journal', () => this.#acks.length > 0);
  }

  /**
   * Sends a frame without waiting for its acknowledgement.
   * @param completeTo everything received up to then is in it; an empty frame says that nothing came
   */
  async send(readings: readonly Reading[], completeTo: number): Promise<void> {
    this.#completeTo = completeTo;
    const first = this.#next;
    this.#next += readings.length;
    const frame = encodeFrame({
      gateway: this.#id,
      journal: this.#journal,
      first,
      readings,
      completeTo: { time: completeTo, sequence: this.#next - 1 },
      sent: completeTo,
    });
    await this.#connected().publishAsync(uplinkTopic(this.#id, 'frames'), Buffer.from(frame), {
      qos: 0,
    });
  }

  /** Sends a frame and resolves when the cloud has stored and judged it, an empty one too. */
  async say(readings: readonly Reading[], completeTo: number): Promise<void> {
    const before = this.#acks.length;
    await this.send(readings, completeTo);
    const newest = this.#next - 1;
    await until('the frame is judged', () => {
      return this.#acks.slice(before).some((ack) => ack.accepted >= newest);
    });
  }

  /** Resolves when everything that was sent is stored and judged, but for at most `pending` readings. */
  async untilAccepted(limitMs = patienceMs, pending = 0): Promise<void> {
    const newest = this.#next - 1 - pending;
    await until('everything is accepted', () => this.accepted >= newest, limitMs, 5);
  }

  async leave(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = null;
  }

  #connected(): MqttClient {
    if (this.#client === null) throw new Error('the gateway is not connected');
    return this.#client;
  }
}
