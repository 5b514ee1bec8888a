import { crc32 } from 'node:zlib';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';

/**
 * One record holds the readings of one append that came in at one time; little endian:
 *
 *     0 u32 CRC32 of everything after it     12 f64 received, epoch ms
 *     4 u32 length of the body               20 u48 sequence of the first reading
 *     8 u16 magic                            26 body: the readings
 *    10 u16 number of readings
 *
 * The sequence is inside, so that after damage the next whole record says itself what is missing.
 */
const recordHead = 26;
const MAGIC = 0xca7e;
const MAGIC_BYTES = Buffer.from([0x7e, 0xca]);
const MAGIC_AT = 8;
/** Readings per record at most; a larger append becomes several records of one write. */
export const recordReadings = 1_000;

const NUMBER = 0;
const WORD = 1;
const TRUE = 2;
const FALSE = 3;
const STAMPED = 4;
const HISTORY = 8;
const AT_IS_RECEIVED = 16;

/** Longest state word the journal keeps, in UTF-16 units. */
export const longestWord = 1_000;
/** flags + point length + point + at + word length + word, each at its largest. */
const LARGEST_READING = 2 + 255 + 8 + 2 + longestWord * 3;
/** No record is larger, so a length beyond it is damage. */
export const largestRecord = recordHead + recordReadings * LARGEST_READING;

const FIRST_CAPACITY = 256 * 1024;
const KEPT_CAPACITY = 4 * 1024 * 1024;

/** Gathers the records of one write. Reused between writes so that the hot path allocates nothing. */
export class RecordBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  #length = 0;

  /** The records so far; valid until the next call. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets everything added since `length` was read. */
  truncate(length: number): void {
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY) this.#allocate(FIRST_CAPACITY);
  }

  /**
   * Adds readings [from, to) as one record; at most `recordReadings` of them, all received together.
   * @throws CaretakerError `EDGE_READING_UNFIT` for a point or word that the format cannot hold.
   */
  add(sequence: number, readings: readonly Reading[], from: number, to: number): void {
    const start = this.#length;
    this.#room(recordHead);
    const received = (readings[from] as Reading).received;
    let at = start + recordHead;
    for (let index = from; index < to; index += 1) {
      this.#room(at - start + LARGEST_READING);
      at = this.#reading(readings[index] as Reading, received, at);
    }
    const view = this.#view;
    view.setUint32(start + 4, at - start - recordHead, true);
    view.setUint16(start + MAGIC_AT, MAGIC, true);
    view.setUint16(start + 10, to - from, true);
    view.setFloat64(start + 12, received, true);
    view.setUint32(start + 20, sequence % 2 ** 32, true);
    view.setUint16(start + 24, Math.floor(sequence / 2 ** 32), true);
    view.setUint32(start, crc32(this.#bytes.subarray(start + 4, at)), true);
    this.#length = at;
  }

  #reading(reading: Reading, received: number, start: number): number {
    const { point, value } = reading;
    const bytes = this.#bytes;
    let at = start + 2;
    let flags = (reading.stamped ? STAMPED : 0) | (reading.history ? HISTORY : 0);
    // Point ids are ASCII: a loop beats a native call on strings this short.
    if (point.length > 255)
      throw unfit(point, 'The point id of a reading is longer than 255 characters.');
    let every = 0;
    for (let i = 0; i < point.length; i += 1) {
      const code = point.charCodeAt(i);
      every |= code;
      bytes[at + i] = code;
    }
    if (every > 127) throw unfit(point, 'The point id of a reading is not ASCII.');
    at += point.length;
    if (reading.at === received) flags |= AT_IS_RECEIVED;
    else {
      this.#view.setFloat64(at, reading.at, true);
      at += 8;
    }
    if (typeof value === 'number') {
      this.#view.setFloat64(at, value, true);
      at += 8;
    } else if (typeof value === 'string') {
      if (value.length > longestWord)
        throw unfit(point, `A state word is longer than ${longestWord} characters.`);
      flags |= WORD;
      const length = bytes.write(value, at + 2, 'utf8');
      this.#view.setUint16(at, length, true);
      at += 2 + length;
    } else {
      flags |= value ? TRUE : FALSE;
    }
    bytes[start] = flags;
    bytes[start + 1] = point.length;
    return at;
  }

  /** Makes room for `more` bytes after what is finished. */
  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    let capacity = this.#bytes.length;
    while (capacity < needed) capacity *= 2;
    const old = this.#bytes;
    this.#allocate(capacity);
    old.copy(this.#bytes);
  }

  #allocate(capacity: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, capacity);
  }
}

function unfit(point: string, message: string): CaretakerError {
  return new CaretakerError({ code: 'EDGE_READING_UNFIT', message, where: point.slice(0, 255) });
}

/** Where a whole record lies in a buffer, and what its head says. */
export interface RecordAt {
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly count: number;
  readonly received: number;
}

/**
 * The record that starts at `at`, checked by its CRC.
 * @returns `short` when the buffer ends before the record does, `bad` when no whole record starts there.
 */
export function recordAt(bytes: Buffer, at: number): RecordAt | 'short' | 'bad' {
  if (at + recordHead > bytes.length) return 'short';
  if (bytes.readUInt16LE(at + MAGIC_AT) !== MAGIC) return 'bad';
  const end = at + recordHead + bytes.readUInt32LE(at + 4);
  if (end - at > largestRecord) return 'bad';
  if (end > bytes.length) return 'short';
  if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32LE(at)) return 'bad';
  return {
    start: at,
    end,
    first: bytes.readUInt32LE(at + 20) + bytes.readUInt16LE(at + 24) * 2 ** 32,
    count: bytes.readUInt16LE(at + 10),
    received: bytes.readDoubleLE(at + 12),
  };
}

/** Adds the readings of a record that `recordAt` found to `into`, leaving out those before `from`. */
export function readRecord(bytes: Buffer, record: RecordAt, from: number, into: Reading[]): void {
  let at = record.start + recordHead;
  for (let index = 0; index < record.count; index += 1) {
    const flags = bytes[at] as number;
    const pointEnd = at + 2 + (bytes[at + 1] as number);
    const point = bytes.toString('latin1', at + 2, pointEnd);
    at = pointEnd;
    let time = record.received;
    if ((flags & AT_IS_RECEIVED) === 0) {
      time = bytes.readDoubleLE(at);
      at += 8;
    }
    let value: Reading['value'] = (flags & 3) === TRUE;
    if ((flags & 3) === NUMBER) {
      value = bytes.readDoubleLE(at);
      at += 8;
    } else if ((flags & 3) === WORD) {
      const end = at + 2 + bytes.readUInt16LE(at);
      value = bytes.toString('utf8', at + 2, end);
      at = end;
    }
    if (record.first + index < from) continue;
    into.push({
      point,
      at: time,
      received: record.received,
      value,
      stamped: (flags & STAMPED) !== 0,
      history: (flags & HISTORY) !== 0,
    });
  }
}

/** A record without readings that holds a text; `sequence` is that of the reading that would come next. */
export function encodeNote(sequence: number, text: string): Buffer {
  const body = Buffer.from(text);
  const bytes = Buffer.alloc(recordHead + body.length);
  bytes.writeUInt32LE(body.length, 4);
  bytes.writeUInt16LE(MAGIC, MAGIC_AT);
  bytes.writeUInt32LE(sequence % 2 ** 32, 20);
  bytes.writeUInt16LE(Math.floor(sequence / 2 ** 32), 24);
  body.copy(bytes, recordHead);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

export function noteAt(bytes: Buffer, record: RecordAt): string {
  return bytes.toString('utf8', record.start + recordHead, record.end);
}

/** The first place after `at` where a record could start, or the end of the buffer. */
export function nextCandidate(bytes: Buffer, at: number): number {
  const found = bytes.indexOf(MAGIC_BYTES, at + 1 + MAGIC_AT);
  return found < 0 ? bytes.length : found - MAGIC_AT;
}
