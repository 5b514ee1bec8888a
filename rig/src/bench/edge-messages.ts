import { generate } from 'mqtt-packet';

const payloadBytes = 109;
const HIGHEST_ID = 65_535;
const DIGITS = 13;
const [zero, nine] = [48, 57];

/** The topic of one connection's device. */
export function topicOf(connection: number): string {
  return `meters/m${String(connection).padStart(4, '0')}`;
}

/** A message as a small sensor sends it, with fields that nobody asked for. */
function payloadOf(at: number): string {
  const text = `{"id":"meter","at":${at},"temp_c":21.534,"battery":97,"rssi":-71,"snr":9.5,"fw":"1.4.2"}`;
  return `${text.slice(0, -2)}${'-'.repeat(payloadBytes - text.length)}"}`;
}

/**
 * QoS 1 messages of one device, a millisecond apart. They are one packet with its digits patched in place, so that
 * a loader costs little beside what it loads on the same machine.
 */
export class Messages {
  readonly #packet: Buffer;
  readonly #idAt: number;
  readonly #timeAt: number;
  #messageId = 0;

  /** @param first time of the first one, UTC epoch milliseconds */
  constructor(topic: string, first: number) {
    const payload = payloadOf(first);
    this.#packet = generate({
      cmd: 'publish',
      topic,
      payload,
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    });
    this.#timeAt = this.#packet.indexOf(String(first));
    this.#idAt = this.#packet.indexOf('{') - 2;
  }

  get bytes(): number {
    return this.#packet.length;
  }

  next(count: number): Buffer {
    const packet = this.#packet;
    // The kernel may still hold the last ones: these get bytes of their own.
    const out = Buffer.allocUnsafe(packet.length * count);
    for (let n = 0; n < count; n += 1) {
      this.#messageId = this.#messageId === HIGHEST_ID ? 1 : this.#messageId + 1;
      packet.writeUInt16BE(this.#messageId, this.#idAt);
      this.#tick(packet);
      packet.copy(out, n * packet.length);
    }
    return out;
  }

  /** Adds one millisecond to the digits in the packet. */
  #tick(packet: Buffer): void {
    for (let at = this.#timeAt + DIGITS - 1; ; at -= 1) {
      if (packet[at] !== nine) {
        packet[at] = (packet[at] ?? zero) + 1;
        return;
      }
      packet[at] = zero;
    }
  }
}
