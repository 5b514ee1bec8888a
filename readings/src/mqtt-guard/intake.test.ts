import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { patient } from '../testing/index.ts';
import { Intake, type Line } from './intake.ts';
import { PacketCount } from './packets.ts';

/** A packet with so many bytes behind its fixed header. */
function packet(length: number): Uint8Array {
  const head = length < 128 ? [length] : [(length % 128) | 0x80, Math.floor(length / 128)];
  return Uint8Array.from([0x30, ...head, ...new Uint8Array(length)]);
}

/** What a broker does: reads when there is something, and again when it is done with packets. */
class Reader {
  readonly chunks: Uint8Array[] = [];
  readonly #socket: Duplex;
  readonly #line: Line;

  constructor(
    intake: Intake,
    socket: Duplex,
    wait = () => 0,
    after = (_: number, __: () => void) => {},
  ) {
    this.#socket = socket;
    this.#line = intake.watch(socket, { wait, after });
    socket.on('readable', () => this.read());
  }

  read(): void {
    const chunk: Uint8Array | null = this.#socket.read();
    if (chunk !== null) this.chunks.push(chunk);
  }

  done(packets: number): void {
    for (let n = 0; n < packets; n += 1) this.#line.done();
    this.read();
  }

  get bytes(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }
}

describe('PacketCount', () => {
  it('stops after so many packets, however they are cut into chunks', () => {
    const lengths = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 300 }), fc.nat(7), (all, step, most) => {
        const packets = all.map(packet);
        const bytes = Buffer.concat(packets);
        const count = new PacketCount();
        const ends: number[] = [];
        let at = 0;
        while (at < bytes.length) {
          const walked = count.walk(bytes.subarray(at, at + step), most + 1);
          expect(walked.packets).toBeLessThanOrEqual(most + 1);
          at += walked.bytes;
          if (walked.packets === most + 1) ends.push(at);
          else expect(walked.bytes).toBe(Math.min(step, bytes.length - at + walked.bytes));
        }
        const real = new Set(packets.map((_, n) => Buffer.concat(packets.slice(0, n + 1)).length));
        for (const end of ends) expect(real.has(end)).toBe(true);
      }),
    );
  });
});

describe('Intake', () => {
  it('gives a connection its next packets when most of the last are done with, and none twice', async () => {
    const [near, far] = duplexPair();
    const intake = new Intake({ overall: 100, perClient: 4 });
    const reader = new Reader(intake, near);
    far.write(Buffer.concat(Array.from({ length: 10 }, () => packet(5))));
    // The first is CONNECT, and what follows waits for its answer.
    await vi.waitFor(() => expect(reader.bytes).toBe(7), patient);
    reader.done(1);
    expect([reader.bytes, intake.underWay]).toEqual([5 * 7, 4]);
    reader.done(1);
    expect(reader.bytes).toBe(5 * 7);
    reader.done(1);
    expect([reader.bytes, intake.underWay]).toEqual([7 * 7, 4]);
    reader.done(4);
    expect([reader.bytes, intake.underWay]).toEqual([10 * 7, 3]);
  });

  it('lets a connection wait while all together have enough, and goes on with it by itself', async () => {
    const intake = new Intake({ overall: 2, perClient: 4 });
    const pairs = [duplexPair(), duplexPair()] as const;
    const [first, second] = pairs.map(([near]) => new Reader(intake, near)) as [Reader, Reader];
    const four = Buffer.concat(Array.from({ length: 4 }, () => packet(5)));
    pairs[0][1].write(four);
    await vi.waitFor(() => expect(first.bytes).toBe(7), patient);
    first.done(1);
    expect(intake.underWay).toBe(3);
    pairs[1][1].write(four);
    await once(pairs[1][0], 'readable');
    expect(second.bytes).toBe(0);
    first.done(2);
    await vi.waitFor(() => expect(second.bytes).toBe(7), patient);
    pairs[0][0].destroy();
    pairs[1][0].destroy();
    await vi.waitFor(() => expect(intake.underWay).toBe(0), patient);
  });

  it('lets a connection wait as long as it is to be slowed down, or does not read its answers', async () => {
    const [near, far] = duplexPair({ writableHighWaterMark: 4 });
    const due: (() => void)[] = [];
    let wait = 0;
    const later = (_: number, call: () => void) => due.push(call);
    const reader = new Reader(new Intake({ overall: 9, perClient: 4 }), near, () => wait, later);
    far.write(packet(5));
    await vi.waitFor(() => expect(reader.bytes).toBe(7), patient);
    wait = 20;
    far.write(packet(5));
    reader.done(1);
    await vi.waitFor(() => expect(due).toHaveLength(1), patient);
    expect(reader.bytes).toBe(7);
    wait = 0;
    due[0]?.();
    expect(reader.bytes).toBe(14);
    near.write(Buffer.alloc(9));
    far.write(packet(5));
    reader.done(1);
    expect(reader.bytes).toBe(14);
    far.resume();
    await vi.waitFor(() => expect(reader.bytes).toBe(21), patient);
  });

  it('fetches nothing beside what still waits to be read', async () => {
    const [near, far] = duplexPair({ highWaterMark: 8 });
    const reader = new Reader(new Intake({ overall: 9, perClient: 1 }), near);
    far.write(Buffer.concat([packet(5), packet(5)]));
    await vi.waitFor(() => expect(reader.bytes).toBe(7), patient);
    far.write(packet(9));
    await new Promise(setImmediate);
    expect(near.readableLength).toBe(7);
    reader.done(1);
    expect(reader.bytes).toBe(14);
    await vi.waitFor(() => expect(near.readableLength).toBe(11), patient);
    reader.done(1);
    expect(reader.bytes).toBe(25);
  });

  it('loses nothing of what came before the other side closed', async () => {
    const [near, far] = duplexPair();
    const reader = new Reader(new Intake({ overall: 9, perClient: 1 }), near);
    let ended = false;
    near.on('end', () => {
      ended = true;
    });
    far.end(Buffer.concat([packet(5), packet(5), packet(5)]));
    await vi.waitFor(() => expect(reader.bytes).toBe(7), patient);
    for (const bytes of [14, 21]) {
      expect(ended).toBe(false);
      reader.done(1);
      expect(reader.bytes).toBe(bytes);
    }
    await vi.waitFor(() => expect(ended).toBe(true), patient);
  });
});
