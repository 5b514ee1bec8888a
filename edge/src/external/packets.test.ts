import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { PacketBound } from './packets.ts';

const most = 1_000;

const anyPacket = fc
  .tuple(fc.nat(3_000), fc.constantFrom(0 as const, 1 as const))
  .map(([size, qos]) => ({
    ...{ cmd: 'publish' as const, topic: 'hall/temp', payload: Buffer.alloc(size, 7) },
    ...{ qos, messageId: 5, dup: false, retain: false },
  }));

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [...at, bytes.length].map((to, index) => bytes.subarray(at[index - 1] ?? 0, to));
}

it('lets packets through as they are, and cuts the end of messages that are too large', () => {
  const packets = fc.array(anyPacket, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(packets, fc.array(fc.nat(20_000), { maxLength: 20 }), (sent, places) => {
      const heard: Packet[] = [];
      const parse = parser({ protocolVersion: 4 });
      parse.on('packet', (packet) => heard.push(packet));
      const bound = new PacketBound(most);
      const bytes = Buffer.concat(sent.map((packet) => generate(packet)));
      for (const chunk of cut(bytes, places)) {
        for (const part of bound.pass(chunk)) parse.parse(Buffer.from(part));
      }
      const sizes = heard.map((packet) => packet.cmd === 'publish' && packet.payload.length);
      const around = (qos: number) => 2 + 'hall/temp'.length + (qos > 0 ? 2 : 0);
      expect(sizes).toEqual(
        sent.map(({ payload, qos }) => Math.min(payload.length, most - around(qos))),
      );
    }),
  );
});

it('keeps nothing of what is cut off', () => {
  const bound = new PacketBound(most);
  // 200 MB are announced.
  bound.pass(Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]));
  let passed = 0;
  for (let round = 0; round < 1_000; round += 1) {
    for (const part of bound.pass(Buffer.alloc(65_536))) passed += part.length;
  }
  expect(passed).toBe(most);
});

it('refuses anything else that is too large, and what is no length', () => {
  expect(() => new PacketBound(most).pass(Buffer.from([0x90, 0x80, 0x84, 0xaf, 0x5f]))).toThrow(
    /200000000 bytes/,
  );
  expect(() =>
    new PacketBound(most).pass(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80])),
  ).toThrow(/four bytes/);
});
