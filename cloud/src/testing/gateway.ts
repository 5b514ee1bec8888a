import type { Reading, ReadingValue } from '@caretaker/readings';
import { encodeFrame } from '@caretaker/readings/frame';
import { patient } from '@caretaker/readings/testing';
import {
  type Ack,
  ackSchema,
  type Reply,
  replySchema,
  type Status,
  uplinkTopic,
} from '@caretaker/readings/uplink';
import { connectAsync, type MqttClient } from 'mqtt';
import { vi } from 'vitest';
import type { Uplink } from './enrolled.ts';

/** A reading of a gateway, received when it was measured. */
export function reading(point: string, at: number, value: ReadingValue): Reading {
  return { point, at, received: at, value, stamped: true, history: false };
}

/** Plays a gateway over real MQTT: it says exactly what a test wants, and keeps what it is told. */
export class GatewayPlayer {
  readonly #id: string;
  readonly #client: MqttClient;
  readonly acks: Ack[] = [];
  readonly replies: Reply[] = [];
  /** Configurations as they came. */
  readonly bundles: Buffer[] = [];
  journal = 'journal-a';

  private constructor(id: string, client: MqttClient) {
    this.#id = id;
    this.#client = client;
    client.on('message', (topic, payload) => {
      if (topic === uplinkTopic(id, 'config')) {
        this.bundles.push(payload);
        return;
      }
      const said: unknown = JSON.parse(payload.toString());
      const reply = replySchema.safeParse(said);
      if (reply.success) this.replies.push(reply.data);
      else this.acks.push(ackSchema.parse(said));
    });
  }

  static async connect(uplink: Uplink, id = 'court-1'): Promise<GatewayPlayer> {
    const client = await connectAsync(`mqtt://127.0.0.1:${uplink.mqttPort}`, {
      reconnectPeriod: 0,
      connectTimeout: 5000,
      username: id,
      password: uplink.token(id),
    });
    // A cloud that is killed on purpose takes the connection with it.
    client.on('error', () => {});
    const player = new GatewayPlayer(id, client);
    await client.subscribeAsync([uplinkTopic(id, 'acks'), uplinkTopic(id, 'config')], { qos: 0 });
    return player;
  }

  /** @param bundle version of the configuration that it runs; undefined for a gateway that takes none */
  async hello(newest = 0, oldest = 1, bundle?: number | null): Promise<void> {
    const said = {
      oldest,
      newest,
      version: 't',
      at: 0,
      ...(bundle === undefined ? {} : { bundle }),
    };
    const seen = this.acks.length;
    await this.status({ type: 'hello', journal: this.journal, ...said });
    await vi.waitUntil(() => this.acks.length > seen, patient);
  }

  async status(status: Status): Promise<void> {
    await this.#client.publishAsync(uplinkTopic(this.#id, 'status'), JSON.stringify(status), {
      qos: 1,
    });
  }

  /** The bytes of a frame; complete-to is the newest reading unless the gateway is behind. */
  frame(first: number, readings: readonly Reading[], behind = false): Uint8Array {
    const time = Math.max(0, ...readings.map((r) => r.received));
    const sequence = first + readings.length - 1;
    const completeTo = { time, sequence: behind ? sequence + 1 : sequence };
    return encodeFrame({
      gateway: this.#id,
      journal: this.journal,
      first,
      readings,
      completeTo,
      sent: time,
    });
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#client.publishAsync(uplinkTopic(this.#id, 'frames'), Buffer.from(bytes), {
      qos: 0,
    });
  }

  async send(first: number, readings: readonly Reading[], behind = false): Promise<void> {
    await this.sendBytes(this.frame(first, readings, behind));
  }

  /** An empty frame: everything received up to `time` has been sent. */
  async complete(next: number, time: number): Promise<void> {
    const completeTo = { time, sequence: next - 1 };
    const { journal } = this;
    const empty = { gateway: this.#id, journal, first: next, readings: [], completeTo, sent: time };
    await this.sendBytes(encodeFrame(empty));
  }

  async untilAccepted(accepted: number): Promise<void> {
    const { journal } = this;
    const reached = () => this.acks.some((a) => a.journal === journal && a.accepted >= accepted);
    await vi.waitUntil(reached, patient);
  }

  async leave(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
