import { Buffer } from 'node:buffer';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaretakerError } from '../base/index.ts';
import type { Reading } from '../reading.ts';
import { anyReading, anyText } from '../testing/arbitraries.ts';
import { MAX_BODY_BYTES, MAX_READINGS } from './faults.ts';
import { type Frame, type Gap, readingsUpTo, sequencesOf, throughOf } from './frame.ts';
import { decodeFrame, decodeReadings, encodeFrame, encodeReadings } from './wire.ts';

const plain = { noNullPrototype: true };
const natural = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const frames: fc.Arbitrary<Frame> = fc.record(
  {
    gateway: anyText(),
    journal: anyText(),
    first: natural,
    readings: fc.array(anyReading(), { maxLength: 30 }),
    completeTo: fc.record({ time: natural, sequence: natural }, plain),
    sent: natural,
  },
  plain,
);

/** The same frames, thinned anywhere. */
const thinned: fc.Arbitrary<Frame> = fc
  .tuple(
    frames,
    fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 2 ** 40 })), { minLength: 1 }),
  )
  .map(([given, some]) => {
    const gaps = new Map<number, Gap>();
    for (const [at, removed] of some) {
      const index = at % (given.readings.length + 1);
      gaps.set(index, { index, removed });
    }
    const first = given.first % 2 ** 40;
    return { ...given, first, gaps: [...gaps.values()].sort((a, b) => a.index - b.index) };
  });

const reading: Reading = {
  point: 'gate/slam_db',
  at: 1_800_000_000_000,
  received: 1_800_000_000_250,
  value: 81.5,
  stamped: true,
  history: false,
};
const frame: Frame = {
  gateway: 'lakeside-1',
  journal: 'b3f1',
  first: 41,
  readings: [reading, { ...reading, point: 'lift/mode', value: 'normal' }],
  completeTo: { time: 1_800_000_000_300, sequence: 42 },
  sent: 1_800_000_000_301,
};

/** The body of `frame` before there were gaps. */
const asReleased =
  'FGxha2VzaWRlLTEIYjNmMSmsovHCsTQqraLxwrE0AgIYZ2F0ZS9zbGFtX2RiEmxpZnQvbW9kZQABgMDiheNoAPTD4oXjaAAJDQEMbm9ybWFs3gwA';

/** A frame of this program's version around any body, with a right checksum. */
function envelope(body: Uint8Array, announced = body.length, tail = Buffer.alloc(0)): Buffer {
  const packed = Buffer.concat([zstdCompressSync(body), tail]);
  const head = Buffer.alloc(17);
  head.write('CTKF', 'latin1');
  head[4] = 1;
  head.writeUInt32LE(announced, 9);
  head.writeUInt32LE(packed.length, 13);
  head.writeUInt32LE(crc32(Buffer.concat([head.subarray(9), packed])), 5);
  return Buffer.concat([head, packed]);
}

/** The code that decoding fails with; fails the test when it succeeds or crashes. */
function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof CaretakerError) return error.code;
    throw error;
  }
  throw new Error('was decoded');
}

describe('round trip', () => {
  it('gives back exactly what went in: any double, text, flag, instant', () => {
    fc.assert(
      fc.property(frames, (given) => {
        expect(decodeFrame(encodeFrame(given))).toStrictEqual(given);
      }),
      { numRuns: 3_000 },
    );
  });

  it('does so for frames with holes, and tells the sequence of every reading', () => {
    fc.assert(
      fc.property(thinned, (given) => {
        expect(decodeFrame(encodeFrame(given))).toStrictEqual(given);
        const sequences = sequencesOf(given);
        const removed = (given.gaps ?? []).reduce((sum, gap) => sum + gap.removed, 0);
        expect(throughOf(given)).toBe(given.first - 1 + sequences.length + removed);
        for (const accepted of [given.first - 1, throughOf(given), ...sequences]) {
          const upTo = sequences.filter((sequence) => sequence <= accepted).length;
          expect(readingsUpTo(given, accepted)).toBe(upTo);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('writes not one byte for gaps where there are none', () => {
    const bytes = Buffer.from(encodeFrame(frame));
    expect(Buffer.from(encodeFrame({ ...frame, gaps: [] }))).toEqual(bytes);
    // As the first release wrote it: ctk/1 stands.
    expect(zstdDecompressSync(bytes.subarray(17)).toString('base64')).toBe(asReleased);
  });

  it('does so for bare readings, wherever their bytes lie in memory', () => {
    fc.assert(
      fc.property(fc.array(anyReading(), { maxLength: 30 }), fc.nat(9), (given, offset) => {
        const bytes = encodeReadings(given);
        const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
        expect(decodeReadings(moved)).toStrictEqual(given);
      }),
      { numRuns: 1_000 },
    );
  });

  it('packs a minute of sixty assets into a few bytes a reading', () => {
    const readings = Array.from({ length: 6_000 }, (_, i) => ({
      ...reading,
      point: `asset-${i % 60}/temp_c`,
      at: reading.at + Math.floor(i / 60) * 1000,
      received: reading.at + Math.floor(i / 60) * 1000 + 12,
      value: 20 + ((i * 7) % 50) / 10,
    }));
    expect(encodeFrame({ ...frame, readings }).length / readings.length).toBeLessThan(4);
  });
});

describe('damage', () => {
  it('refuses every flip of one bit in a whole frame', () => {
    const bytes = Buffer.from(encodeFrame(frame));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(refusal(() => decodeFrame(damaged))).toMatch(/^READINGS_FRAME_/);
    }
  });

  it('refuses any changed byte, any cut and anything appended, of any frame', () => {
    const change = fc.record({ at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(frames, change, fc.uint8Array({ minLength: 1 }), (given, { at, by }, tail) => {
        const bytes = Buffer.from(encodeFrame(given));
        const place = at % bytes.length;
        const cut = bytes.subarray(0, place);
        expect(refusal(() => decodeFrame(cut))).toBe('READINGS_FRAME_TRUNCATED');
        const longer = Buffer.concat([bytes, tail]);
        expect(refusal(() => decodeFrame(longer))).toBe('READINGS_FRAME_TRAILING');
        bytes[place] = (bytes[place] as number) ^ by;
        expect(refusal(() => decodeFrame(bytes))).toMatch(/^READINGS_FRAME_/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never crashes on a body without a checksum: it is refused or reads as readings', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.array(anyReading(), { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(255))
        .map(([given, at, value]) => {
          const encoded = Buffer.from(encodeReadings(given));
          encoded[at % encoded.length] = value;
          return encoded;
        }),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          for (const { point, at, received, value } of decodeReadings(given)) {
            expect([typeof point, Number.isInteger(at), Number.isInteger(received)]).toEqual([
              'string',
              true,
              true,
            ]);
            expect(value === undefined || Number.isNaN(value)).toBe(false);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CaretakerError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('names what is wrong', () => {
  const body = Buffer.from(encodeReadings([reading]));

  it.each([
    ['none', [0]],
    ['more than there is room for', [4, 0, 1, 1, 1, 1, 1, 1, 1]],
    ['one that removes nothing', [1, 0, 0]],
    ['one behind the end', [1, 3, 1]],
    ['two at one place', [2, 1, 1, 0, 1]],
  ])('gaps: %s', (_, column) => {
    const bytes = Buffer.from(encodeFrame(frame));
    const whole = zstdDecompressSync(bytes.subarray(17));
    expect(() => decodeFrame(envelope(whole))).not.toThrow();
    const spoilt = envelope(Buffer.concat([whole, Buffer.from(column)]));
    expect(refusal(() => decodeFrame(spoilt))).toBe('READINGS_FRAME_MALFORMED');
  });

  it.each([
    [[{ index: 3, removed: 1 }]],
    [[{ index: 0, removed: 0 }]],
    [
      [
        { index: 1, removed: 1 },
        { index: 1, removed: 1 },
      ],
    ],
  ])('will not encode gaps such as %j', (gaps) => {
    expect(refusal(() => encodeFrame({ ...frame, gaps }))).toBe('READINGS_FRAME_VALUE');
  });

  it.each([
    ['READINGS_FRAME_MAGIC', () => decodeFrame(Buffer.from('{"hello": "world", "x": 1}'))],
    ['READINGS_FRAME_TRUNCATED', () => decodeFrame(new Uint8Array())],
    [
      'READINGS_FRAME_VERSION',
      () => {
        const bytes = Buffer.from(encodeFrame(frame));
        bytes[4] = 2;
        decodeFrame(bytes);
      },
    ],
    [
      'READINGS_FRAME_CHECKSUM',
      () => {
        const bytes = Buffer.from(encodeFrame(frame));
        bytes[30] = (bytes[30] as number) ^ 1;
        decodeFrame(bytes);
      },
    ],
    ['READINGS_FRAME_TOO_LARGE', () => decodeFrame(envelope(Buffer.alloc(10), 2 ** 31))],
    ['READINGS_FRAME_TOO_LARGE', () => decodeFrame(envelope(Buffer.alloc(1_000_000), 1_000))],
    ['READINGS_FRAME_TOO_LARGE', () => decodeReadings(Buffer.from([255, 255, 255, 15]))],
    ['READINGS_FRAME_MALFORMED', () => decodeFrame(envelope(Buffer.alloc(10), 11))],
    ['READINGS_FRAME_MALFORMED', () => decodeReadings(Buffer.from([100, 0, 0]))],
    ['READINGS_FRAME_MALFORMED', () => decodeReadings(Buffer.alloc(9, 255))],
    // One reading whose point has number 1 in a dictionary of one.
    [
      'READINGS_FRAME_MALFORMED',
      () => {
        const bytes = Buffer.from(body);
        const index = bytes.indexOf('slam_db') + 'slam_db'.length;
        expect(bytes[index]).toBe(0);
        bytes[index] = 1;
        decodeReadings(bytes);
      },
    ],
    ['READINGS_FRAME_TRUNCATED', () => decodeReadings(body.subarray(0, body.length - 1))],
    ['READINGS_FRAME_TRAILING', () => decodeReadings(Buffer.concat([body, Buffer.from([0])]))],
  ])('%s', (code, decode) => {
    expect(refusal(decode)).toBe(code);
  });

  it('a bomb of zeros is refused without being unpacked', () => {
    const bomb = envelope(Buffer.alloc(MAX_BODY_BYTES * 8), MAX_BODY_BYTES);
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(() => decodeFrame(bomb))).toBe('READINGS_FRAME_TOO_LARGE');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_BODY_BYTES * 2);
  });

  it.each([
    ['not finite', { value: Number.NaN }],
    ['not finite', { value: Number.NEGATIVE_INFINITY }],
    ['half a millisecond', { at: 0.5 }],
    ['an instant out of bounds', { received: 2 ** 52 }],
  ])('will not encode %s', (_, part) => {
    expect(refusal(() => encodeReadings([{ ...reading, ...part }]))).toBe('READINGS_FRAME_VALUE');
  });

  it('will not encode more than one frame may carry, nor a sequence below 0', () => {
    const many = new Array<Reading>(MAX_READINGS + 1).fill(reading);
    expect(refusal(() => encodeReadings(many))).toBe('READINGS_FRAME_TOO_LARGE');
    expect(refusal(() => encodeFrame({ ...frame, first: -1 }))).toBe('READINGS_FRAME_VALUE');
    const long = [{ ...reading, value: 'x'.repeat(MAX_BODY_BYTES) }];
    expect(refusal(() => encodeFrame({ ...frame, readings: long }))).toBe(
      'READINGS_FRAME_TOO_LARGE',
    );
  });
});
