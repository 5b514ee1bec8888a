const PUBLISH = 3;
const MOST_LENGTH_BYTES = 4;
const none: Uint8Array<ArrayBufferLike> = Buffer.alloc(0);

interface Header {
  readonly first: number;
  /** Bytes of the header itself, and of what follows it. */
  readonly size: number;
  readonly length: number;
}

/**
 * Bounds the packets of a broker [OASIS mqtt-v3.1.1 §2.2] before anything collects them: a message that is larger
 * loses the end of its payload on the way. Whoever looks at it finds it too large; to refuse it here would only bring
 * it again with each connection, and keep away all that come behind it.
 */
export class PacketBound {
  readonly #most: number;
  /** The beginning of a header that is not whole yet. */
  #begun = none;
  #passing = 0;
  #dropping = 0;

  /** @param most bytes of one packet after its header; more than a topic may have */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @returns what may be read of it
   * @throws Error when it is not MQTT, or when something else than a message is too large
   */
  pass(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    const passed: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    const passUntil = (next: number) => {
      if (at > from) passed.push(bytes.subarray(from, at));
      at = next;
      from = next;
    };
    while (at < bytes.length) {
      if (this.#passing > 0) {
        const step = Math.min(this.#passing, bytes.length - at);
        at += step;
        this.#passing -= step;
      } else if (this.#dropping > 0) {
        const step = Math.min(this.#dropping, bytes.length - at);
        this.#dropping -= step;
        passUntil(at + step);
      } else {
        const header = headerAt(bytes, at);
        if (header === null) break;
        const { size, length } = header;
        this.#passing = Math.min(length, this.#most);
        this.#dropping = length - this.#passing;
        if (this.#dropping === 0) at += size;
        else {
          passUntil(at + size);
          passed.push(this.#shortened(header));
        }
      }
    }
    if (at > from) passed.push(bytes.subarray(from, at));
    // A copy: the chunk is not to be kept for the sake of its last bytes.
    this.#begun = at === bytes.length ? none : Buffer.from(bytes.subarray(at));
    return passed;
  }

  #shortened({ first, length }: Header): Uint8Array {
    if (first >> 4 !== PUBLISH) {
      throw new Error(`a packet of ${length} bytes; ${this.#most} are allowed`);
    }
    const header = [first];
    for (let rest = this.#most; rest > 0; rest = Math.floor(rest / 128)) {
      header.push(rest < 128 ? rest : (rest % 128) | 0x80);
    }
    return Uint8Array.from(header);
  }
}

/** @returns null when there is more of it to come */
function headerAt(bytes: Uint8Array, at: number): Header | null {
  let length = 0;
  for (let index = 0; index < MOST_LENGTH_BYTES; index += 1) {
    const byte = bytes[at + 1 + index];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { first: bytes[at] ?? 0, size: 2 + index, length };
  }
  throw new Error('a length of more than four bytes');
}
