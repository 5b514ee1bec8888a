/** A message or the rest of its handshake, as aedes hands it over. */
export interface QueuedPacket {
  readonly cmd: string;
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: number;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly messageId?: number | undefined;
}

/** One message that waits for one client. */
export interface Waiting {
  /** Ascending in the order in which they came. */
  readonly place: number;
  readonly packet: QueuedPacket;
}

export interface QueueLimits {
  readonly messages: number;
  readonly bytes: number;
  /** Of all queues together. */
  readonly allBytes: number;
}

const limits: QueueLimits = { messages: 1_000, bytes: 1_000_000, allBytes: 32_000_000 };

interface Queue {
  /** By what aedes tells messages apart by, the oldest first. */
  readonly byKey: Map<string, Waiting>;
  readonly keyOf: Map<number, string>;
  bytes: number;
}

/**
 * Messages at QoS 1 and 2 for clients with a persistent session, until the client has confirmed them. Where there are
 * too many the oldest one goes: the newest command to a relay is the one that counts.
 */
export class Queues {
  readonly #limits: QueueLimits;
  readonly #queues = new Map<string, Queue>();
  readonly #changed: (client: string, place: number) => void;
  #bytes = 0;
  #next = 1;
  #lost = 0;

  /** @param changed told which place has got a message, another one, or none any more */
  constructor(changed: (client: string, place: number) => void, bounds: QueueLimits = limits) {
    this.#changed = changed;
    this.#limits = bounds;
  }

  /** Messages that went because there were too many, and had never been sent. */
  get lost(): number {
    return this.#lost;
  }

  /** Puts back what was kept, in its order. */
  restore(client: string, waiting: readonly Waiting[]): void {
    for (const one of waiting) {
      this.#next = Math.max(this.#next, one.place + 1);
      this.#put(client, one);
    }
  }

  /** @param qos that the client subscribed with: it gets no more [MQTT-3.8.4-6] */
  add(client: string, packet: QueuedPacket, qos: number): void {
    const before = this.#queues.get(client)?.byKey.get(keyOf(packet));
    const granted = Math.max(before?.packet.qos ?? 0, Math.min(packet.qos, qos));
    const place = before?.place ?? this.#next;
    if (before === undefined) this.#next += 1;
    const { cmd, topic, brokerId = '', brokerCounter = 0 } = packet;
    // A copy: what came is a part of a larger piece of what the socket received, which it would keep alive.
    const payload = Buffer.from(packet.payload);
    this.#put(client, {
      place,
      packet: { cmd, topic, payload, qos: granted, brokerId, brokerCounter },
    });
    this.#changed(client, place);
    this.#bound(client);
  }

  /** Notes the id under which a message was sent, or that only its handshake is left. */
  update(client: string, packet: QueuedPacket): void {
    const queue = this.#queues.get(client);
    const sent = queue?.byKey.get(keyOf(packet));
    const { messageId } = packet;
    // What went meanwhile because there were too many is sent all the same.
    if (queue === undefined || messageId === undefined) return;
    if (sent !== undefined) {
      this.#put(client, { ...sent, packet: { ...sent.packet, messageId } });
      this.#changed(client, sent.place);
      return;
    }
    const key = queue.keyOf.get(messageId);
    const known = key === undefined ? undefined : queue.byKey.get(key);
    if (known === undefined) return;
    this.#put(client, { ...known, packet: { ...known.packet, ...packet, payload: '' } });
    this.#changed(client, known.place);
  }

  /** @returns the message that is done with, if it was there */
  remove(client: string, packet: QueuedPacket): QueuedPacket | undefined {
    const queue = this.#queues.get(client);
    const { messageId } = packet;
    const key = messageId === undefined ? keyOf(packet) : queue?.keyOf.get(messageId);
    return key === undefined ? undefined : this.#take(client, key)?.packet;
  }

  /** What waits for a client, the oldest first. */
  of(client: string): Waiting[] {
    return [...(this.#queues.get(client)?.byKey.values() ?? [])];
  }

  discard(client: string): void {
    for (const key of this.#queues.get(client)?.byKey.keys() ?? []) this.#take(client, key);
  }

  #put(client: string, waiting: Waiting): void {
    const queue = this.#queues.get(client) ?? { byKey: new Map(), keyOf: new Map(), bytes: 0 };
    this.#queues.set(client, queue);
    const key = keyOf(waiting.packet);
    const more = sizeOf(waiting) - sizeOf(queue.byKey.get(key));
    queue.byKey.set(key, waiting);
    queue.bytes += more;
    this.#bytes += more;
    const { messageId } = waiting.packet;
    if (messageId !== undefined) queue.keyOf.set(messageId, key);
  }

  #take(client: string, key: string): Waiting | undefined {
    const queue = this.#queues.get(client);
    const gone = queue?.byKey.get(key);
    if (queue === undefined || gone === undefined) return undefined;
    queue.byKey.delete(key);
    queue.bytes -= sizeOf(gone);
    this.#bytes -= sizeOf(gone);
    const { messageId } = gone.packet;
    if (messageId !== undefined && queue.keyOf.get(messageId) === key)
      queue.keyOf.delete(messageId);
    if (queue.byKey.size === 0) this.#queues.delete(client);
    this.#changed(client, gone.place);
    return gone;
  }

  #bound(client: string): void {
    const { messages, bytes, allBytes } = this.#limits;
    const queue = this.#queues.get(client);
    if (queue === undefined) return;
    while (queue.byKey.size > messages || queue.bytes > bytes || this.#bytes > allBytes) {
      const [oldest] = queue.byKey.keys();
      const gone = oldest === undefined ? undefined : this.#take(client, oldest);
      if (gone === undefined) return;
      if (gone.packet.messageId === undefined) this.#lost += 1;
    }
  }
}

function keyOf({ brokerId, brokerCounter }: QueuedPacket): string {
  return `${brokerId}:${brokerCounter}`;
}

function sizeOf(waiting: Waiting | undefined): number {
  if (waiting === undefined) return 0;
  const { topic, payload } = waiting.packet;
  return topic.length + payload.length;
}
