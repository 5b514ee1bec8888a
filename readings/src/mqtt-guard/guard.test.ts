import { once } from 'node:events';
import net from 'node:net';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardMqtt } from './guard.ts';

const limits = { beforeConnect: 16_000, afterConnect: 256_000 };

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function packet(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type << 4, ...lengthBytes(body.length)]), body]);
}

const connect = packet(1, Buffer.from('\0\x04MQTT\x04\x02\0\0\0\0', 'latin1'));
const connack = Buffer.from([0x20, 2, 0, 0]);

/** Sends chunks through a guarded pair; resolves with what came out and why it was refused. */
async function through(chunks: readonly Uint8Array[], answer = true) {
  const [device, server] = duplexPair();
  const reasons: string[] = [];
  const out: Buffer[] = [];
  const guarded = guardMqtt(server, limits, (reason) => reasons.push(reason));
  guarded.on('data', (chunk: Buffer) => out.push(chunk));
  guarded.on('error', () => {});
  device.on('error', () => {});
  device.resume();
  const closed = once(guarded, 'close');
  device.write(connect);
  if (answer) guarded.write(connack);
  for (const chunk of chunks) {
    if (guarded.destroyed) break;
    device.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!guarded.destroyed) {
    device.end();
    guarded.end();
  }
  await closed;
  return { reasons, out: Buffer.concat(out) };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((p) => p % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const to of [...at, bytes.length]) {
    if (to > from) chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}

const anyPacket = fc
  .tuple(fc.integer({ min: 2, max: 14 }), fc.uint8Array({ maxLength: 300 }))
  .map(([type, body]) => packet(type, body));

describe('valid traffic', () => {
  it('passes unchanged however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPacket, { maxLength: 8 }),
        fc.array(fc.nat(3_000), { maxLength: 30 }),
        async (packets, places) => {
          const bytes = Buffer.concat(packets);
          const { reasons, out } = await through(cut(bytes, places));
          expect(reasons).toEqual([]);
          expect(out.equals(Buffer.concat([connect, bytes]))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('may announce the limit exactly, and not one byte more', async () => {
    const body = Buffer.alloc(limits.afterConnect - 4);
    expect((await through([packet(3, body)])).reasons).toEqual([]);
    const over = await through([packet(3, Buffer.alloc(limits.afterConnect - 3))]);
    expect(over.reasons).toEqual(['a packet announces 256001 bytes, 256000 are allowed']);
  });

  it('is held to the smaller limit until the server has answered', async () => {
    const big = packet(3, Buffer.alloc(20_000));
    expect((await through([big], true)).reasons).toEqual([]);
    expect((await through([big], false)).reasons).toEqual([
      'a packet announces 20004 bytes, 16000 are allowed',
    ]);
  });
});

describe('refused traffic', () => {
  it('never lets a packet above the limit through, however the header is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPacket, { maxLength: 3 }),
        fc.integer({ min: limits.afterConnect, max: 268_435_455 }),
        fc.array(fc.nat(1_200), { maxLength: 12 }),
        async (before, announced, places) => {
          const header = Buffer.from([0x32, ...lengthBytes(announced)]);
          const bytes = Buffer.concat([...before, header, Buffer.from('tail')]);
          const { reasons, out } = await through(cut(bytes, places));
          expect(reasons).toHaveLength(1);
          expect(reasons[0]).toMatch(/announces/);
          const whole = Buffer.concat([connect, bytes]);
          expect(whole.subarray(0, out.length).equals(out)).toBe(true);
          expect(out.includes('tail')).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('names a malformed length and a first packet that is not CONNECT', async () => {
    // Padded zeros: a small value, but a fifth length byte would follow.
    const padded = await through([Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80])]);
    expect(padded.reasons).toEqual(['malformed remaining length']);

    const [device, server] = duplexPair();
    const reasons: string[] = [];
    const guarded = guardMqtt(server, limits, (reason) => reasons.push(reason));
    guarded.resume();
    device.on('error', () => {});
    const closed = once(guarded, 'close');
    device.write(packet(3, Buffer.from('x')));
    await closed;
    expect(reasons).toEqual(['the first packet is not CONNECT']);
  });

  it('guards bytes that were already waiting in the socket', async () => {
    const [device, server] = duplexPair();
    device.on('error', () => {});
    device.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await new Promise((resolve) => setImmediate(resolve));
    const reasons: string[] = [];
    guardMqtt(server, limits, (reason) => reasons.push(reason));
    expect(reasons).toHaveLength(1);
    expect(server.destroyed).toBe(true);
  });
});

describe('over TCP', () => {
  it('cuts clients that announce 200 MB off without growing by 5 MB', async () => {
    const reasons: string[] = [];
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      const guarded = guardMqtt(socket, limits, (reason) => reasons.push(reason));
      // Collects like a broker's parser would.
      const held: Buffer[] = [];
      guarded.on('data', (chunk: Buffer) => held.push(chunk));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const flood = Buffer.alloc(1_000_000, 1);
    const before = process.memoryUsage.rss();
    for (let round = 0; round < 3; round += 1) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.write(Buffer.from([0x10, ...lengthBytes(200_000_000)]));
      const pump = () => {
        while (!socket.destroyed && socket.write(flood)) {
          // Fill the socket until it pushes back or is cut off.
        }
      };
      socket.on('drain', pump);
      pump();
      await closed;
    }
    const grown = process.memoryUsage.rss() - before;
    server.close();
    await once(server, 'close');
    expect(reasons).toHaveLength(3);
    // Far more than Node itself grows by meanwhile, and far less than was announced.
    expect(grown).toBeLessThan(50_000_000);
  });
});
