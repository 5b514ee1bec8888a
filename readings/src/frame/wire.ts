import { Buffer } from 'node:buffer';
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Reading } from '../reading.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { readReadings, writeReadings } from './columns.ts';
import { frameError, MAX_BODY_BYTES } from './faults.ts';
import type { Frame, Gap } from './frame.ts';
import { readGaps, writeGaps } from './gaps.ts';

/*
 * Header, 17 bytes: "CTKF", version, CRC32 of everything behind it, length of the body before and after
 * compression (all little-endian). Then the body, zstd level 1: gateway, journal, first, complete-to, sent
 * and the readings by column; behind them the gaps, if there are any. A frame without gaps ends before them.
 */
const MAGIC = Buffer.from('CTKF', 'latin1');
const VERSION = 1;
const CHECKSUM_AT = 5;
const CHECKED_FROM = 9;
const HEADER_BYTES = 17;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** A first guess that spares growing for the usual reading. */
const BYTES_PER_READING = 16;

/**
 * The wire form of a frame; the same frame always gives the same bytes.
 * @throws CaretakerError `READINGS_FRAME_VALUE` for a value, instant or sequence that no frame can carry,
 * `READINGS_FRAME_TOO_LARGE` beyond 100,000 readings or 16 MiB before compression.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const out = new ByteWriter(1024 + frame.readings.length * BYTES_PER_READING);
  out.text(frame.gateway);
  out.text(frame.journal);
  out.reserve(48);
  for (const [name, value] of headNumbers(frame)) {
    if (!Number.isInteger(value) || value < 0 || value > Number.MAX_SAFE_INTEGER) {
      throw frameError(
        'READINGS_FRAME_VALUE',
        `"${name}" is ${value}, not a whole number from 0 up`,
      );
    }
    out.varint(value);
  }
  writeReadings(out, frame.readings);
  writeGaps(out, frame.gaps ?? [], frame.readings.length);
  return seal(out.done());
}

function headNumbers(frame: Frame): [string, number][] {
  return [
    ['first', frame.first],
    ['completeTo.time', frame.completeTo.time],
    ['completeTo.sequence', frame.completeTo.sequence],
    ['sent', frame.sent],
  ];
}

function seal(body: Buffer): Buffer {
  if (body.length > MAX_BODY_BYTES) {
    throw frameError(
      'READINGS_FRAME_TOO_LARGE',
      `The frame takes ${body.length} bytes before compression; at most ${MAX_BODY_BYTES} are allowed`,
    );
  }
  const packed = zstdCompressSync(body, ZSTD);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + packed.length);
  MAGIC.copy(bytes);
  bytes[MAGIC.length] = VERSION;
  bytes.writeUInt32LE(body.length, CHECKED_FROM);
  bytes.writeUInt32LE(packed.length, CHECKED_FROM + 4);
  packed.copy(bytes, HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), CHECKSUM_AT);
  return bytes;
}

/**
 * The frame that `encodeFrame` was given.
 * @throws CaretakerError `READINGS_FRAME_MAGIC`, `_VERSION`, `_TRUNCATED`, `_TRAILING`, `_CHECKSUM`,
 * `_TOO_LARGE` or `_MALFORMED`; nothing else, whatever the bytes are.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  const input = new ByteReader(open(bytes));
  const gateway = input.text();
  const journal = input.text();
  const first = input.varint();
  const completeTo = { time: input.varint(), sequence: input.varint() };
  const sent = input.varint();
  const readings = readReadings(input);
  const gaps: readonly Gap[] | null = readGaps(input, readings.length);
  input.end();
  const frame = { gateway, journal, first, readings, completeTo, sent };
  return gaps === null ? frame : { ...frame, gaps };
}

/** Checks the envelope and gives back the body. */
function open(given: Uint8Array): Uint8Array {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const start = bytes.subarray(0, MAGIC.length);
  if (!start.equals(MAGIC.subarray(0, start.length))) {
    throw frameError('READINGS_FRAME_MAGIC', 'These bytes are not a frame of readings');
  }
  const version = bytes[MAGIC.length];
  if (version !== undefined && version !== VERSION) {
    throw frameError(
      'READINGS_FRAME_VERSION',
      `The frame has version ${version}; this program knows version ${VERSION}`,
    );
  }
  if (bytes.length < HEADER_BYTES) {
    throw frameError('READINGS_FRAME_TRUNCATED', 'The frame ends inside its header');
  }
  const size = bytes.readUInt32LE(CHECKED_FROM);
  const expected = HEADER_BYTES + bytes.readUInt32LE(CHECKED_FROM + 4);
  if (bytes.length !== expected) {
    throw frameError(
      bytes.length < expected ? 'READINGS_FRAME_TRUNCATED' : 'READINGS_FRAME_TRAILING',
      `The frame has ${bytes.length} bytes and announces ${expected}`,
    );
  }
  if (bytes.readUInt32LE(CHECKSUM_AT) !== crc32(bytes.subarray(CHECKED_FROM))) {
    throw frameError('READINGS_FRAME_CHECKSUM', 'The checksum of the frame is wrong');
  }
  if (size > MAX_BODY_BYTES) {
    throw frameError(
      'READINGS_FRAME_TOO_LARGE',
      `The frame announces ${size} bytes; at most ${MAX_BODY_BYTES} are allowed`,
    );
  }
  return inflate(bytes.subarray(HEADER_BYTES), size);
}

function inflate(packed: Uint8Array, size: number): Uint8Array {
  let body: Uint8Array;
  try {
    body = zstdDecompressSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw frameError(
        'READINGS_FRAME_TOO_LARGE',
        'The body of the frame is larger than it announces',
        cause,
      );
    }
    throw frameError('READINGS_FRAME_MALFORMED', 'The body of the frame cannot be unpacked', cause);
  }
  if (body.length !== size) {
    throw frameError(
      'READINGS_FRAME_MALFORMED',
      `The body of the frame has ${body.length} bytes and announces ${size}`,
    );
  }
  return body;
}

/**
 * Readings alone, neither compressed nor checksummed: for records and messages that bring their own checksum.
 * @throws CaretakerError as `encodeFrame` does.
 */
export function encodeReadings(readings: readonly Reading[]): Uint8Array {
  const out = new ByteWriter(64 + readings.length * BYTES_PER_READING);
  writeReadings(out, readings);
  return out.done();
}

/**
 * The readings that `encodeReadings` was given.
 * @throws CaretakerError `READINGS_FRAME_*`, as `decodeFrame` does.
 */
export function decodeReadings(bytes: Uint8Array): Reading[] {
  const input = new ByteReader(bytes);
  const readings = readReadings(input);
  input.end();
  return readings;
}
