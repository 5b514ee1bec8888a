const names: Readonly<Record<number, string>> = { 1: 'CONNECT', 2: 'CONNACK' };
/** The packet that a connection begins with: what a client sends, or what a server does. */
export type FirstPacket = 1 | 2;
const MAX_LENGTH_BYTES = 4;

/** What `HeaderScan` is in the middle of: a packet's first byte, its length, or its body. */
type Part = 'type' | 'length' | 'body';

/**
 * Walks MQTT fixed headers (MQTT 3.1.1 §2.2) across chunk borders. Bodies are skipped, never looked at or
 * copied, so the cost is per packet and not per byte.
 */
export class HeaderScan {
  readonly #begins: FirstPacket;
  #part: Part = 'type';
  #first = true;
  #length = 0;
  #lengthBytes = 0;
  #left = 0;

  constructor(begins: FirstPacket) {
    this.#begins = begins;
  }

  /**
   * @param limit most bytes one packet may announce, header included.
   * @returns why the traffic must be refused, or null when it may pass.
   */
  scan(chunk: Uint8Array, limit: number): string | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#part === 'body') {
        const step = Math.min(this.#left, chunk.length - at);
        at += step;
        this.#left -= step;
        if (this.#left === 0) this.#part = 'type';
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      const refused = this.#part === 'type' ? this.#type(byte) : this.#lengthByte(byte, limit);
      if (refused !== null) return refused;
    }
    return null;
  }

  #type(byte: number): string | null {
    if (this.#first && byte >> 4 !== this.#begins) {
      return `the first packet is not ${names[this.#begins]}`;
    }
    this.#first = false;
    this.#part = 'length';
    this.#length = 0;
    this.#lengthBytes = 0;
    return null;
  }

  #lengthByte(byte: number, limit: number): string | null {
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    // Refused on the partial sum already: it only grows.
    const announced = 1 + this.#lengthBytes + this.#length;
    if (announced > limit) return `a packet announces ${announced} bytes, ${limit} are allowed`;
    if (byte & 0x80) {
      // [MQTT-2.2.3] the remaining length takes four bytes at most.
      return this.#lengthBytes === MAX_LENGTH_BYTES ? 'malformed remaining length' : null;
    }
    this.#left = this.#length;
    this.#part = this.#left === 0 ? 'type' : 'body';
    return null;
  }
}
