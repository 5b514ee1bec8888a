import { Buffer } from 'node:buffer';
import { frameError } from './faults.ts';

const TWO_28 = 2 ** 28;

/** Appends to a buffer that grows; numbers are little-endian base-128 varints. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Makes room for `count` more bytes; the single-byte writers rely on the caller having done so. */
  reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#length + count, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  /** A safe non-negative integer, 1 to 8 bytes. */
  varint(value: number): void {
    let rest = value;
    // Bit operators work on 32 bits only, so large numbers go by division until they fit.
    while (rest >= TWO_28) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An integer of either sign: the sign in the lowest bit. Magnitude at most 2^52. */
  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  double(value: number): void {
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** UTF-8, or UTF-16 for the rare string that UTF-8 cannot carry (a lone surrogate). */
  text(value: string): void {
    const wellFormed = value.isWellFormed();
    const encoding = wellFormed ? 'utf8' : 'utf16le';
    const size = Buffer.byteLength(value, encoding);
    this.reserve(size + 9);
    this.varint(size * 2 + (wellFormed ? 0 : 1));
    this.#length += this.#bytes.write(value, this.#length, encoding);
  }

  /** What was written so far; shares memory with this writer. */
  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads what `ByteWriter` wrote and refuses everything else. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw truncated();
    return value;
  }

  /** @throws `READINGS_FRAME_MALFORMED` beyond the safe integers. */
  varint(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    let scale = 128;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number is too large');
      if (next < 128) return value;
      scale *= 128;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    if (this.remaining() < 8) throw truncated();
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const head = this.varint();
    const size = Math.floor(head / 2);
    if (size > this.remaining()) throw truncated();
    const part = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    if (head % 2 === 1) {
      if (size % 2 === 1) throw malformed('half a character');
      return part.toString('utf16le');
    }
    try {
      return utf8.decode(part);
    } catch (cause) {
      throw frameError('READINGS_FRAME_MALFORMED', 'A text in the frame is not UTF-8', cause);
    }
  }

  /** @throws `READINGS_FRAME_TRAILING` unless all was read. */
  end(): void {
    if (this.remaining() > 0) {
      throw frameError(
        'READINGS_FRAME_TRAILING',
        `${this.remaining()} bytes follow the last reading of the frame`,
      );
    }
  }
}

function truncated() {
  return frameError('READINGS_FRAME_TRUNCATED', 'The frame ends in the middle of a reading');
}

export function malformed(what: string) {
  return frameError('READINGS_FRAME_MALFORMED', `The frame is not well formed: ${what}`);
}
