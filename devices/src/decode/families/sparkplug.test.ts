import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope, Opener } from '../envelope.ts';
import { Refusal } from '../refusal.ts';
import { type SparkplugMetric, sparkplugPayload } from '../testing/sparkplug.ts';
import { sparkplug } from './sparkplug.ts';
import { readPayload } from './sparkplug-payload.ts';

const node = 'spBv1.0/Court 1/NDATA/pump house';
const topicOf = (type: string, device?: string) =>
  `spBv1.0/Court 1/${type}/pump house${device === undefined ? '' : `/${device}`}`;
const bool = 11;
const float = 9;
const now = 1_795_262_340_000;

/** One edge node and whoever listens to it. */
function session(opener: Opener = sparkplug.create()) {
  let seq = -1;
  const send = (type: string, metrics: SparkplugMetric[], device?: string, skipped = 0) => {
    seq = type === 'NBIRTH' ? 0 : (seq + 1 + skipped) % 256;
    const message = sparkplugPayload({ timestamp: now + seq, seq, metrics });
    return opener.open(topicOf(type, device), message, 'spBv1.0');
  };
  const born = (bdSeq = 3n) =>
    send('NBIRTH', [
      { name: 'bdSeq', datatype: 4, long: bdSeq },
      { name: 'Node Control/Rebirth', datatype: bool, boolean: false },
      { name: 'Supply/Mains', alias: 1, datatype: bool, boolean: true },
    ]);
  const deviceBorn = () =>
    send(
      'DBIRTH',
      [
        { name: 'Level', alias: 2, datatype: float, float: 21.3 },
        { name: 'Tank/temp.water', alias: 3, datatype: 3, int: -4 },
      ],
      'sump',
    );
  return { opener, send, born, deviceBorn };
}

const values = (opening: unknown) =>
  (opening as Envelope[]).filter((e) => e.about === 'values').map((e) => [e.device, e.body]);
const asked = (opener: Opener, at = now) => opener.requests?.(at) ?? [];

describe('Sparkplug B', () => {
  it('reads births, and data that come with aliases only', () => {
    const { send, born, deviceBorn, opener } = session();
    expect(born()).toEqual([
      expect.objectContaining({ device: 'Court 1/pump house', about: 'presence', online: true }),
      {
        ...{ device: 'Court 1/pump house', about: 'values', historic: false, at: now },
        body: { 'Supply/Mains': true },
      },
    ]);
    expect(values(deviceBorn())).toEqual([
      ['Court 1/pump house/sump', { Level: 21.3, 'Tank/temp.water': -4 }],
    ]);
    expect(values(send('NDATA', [{ alias: 1, boolean: false }]))).toEqual([
      ['Court 1/pump house', { 'Supply/Mains': false }],
    ]);
    expect(
      values(
        send(
          'DDATA',
          [
            { alias: 3, int: 17 },
            { alias: 2, float: 22.5 },
          ],
          'sump',
        ),
      ),
    ).toEqual([['Court 1/pump house/sump', { 'Tank/temp.water': 17, Level: 22.5 }]]);
    expect(asked(opener)).toEqual([]);
  });

  it.each<[string, SparkplugMetric, unknown]>([
    ['Int8', { datatype: 1, int: -1 }, -1],
    ['Int8 of 8 bits', { datatype: 1, int: 255 }, -1],
    ['Int16', { datatype: 2, int: -300 }, -300],
    ['Int32', { datatype: 3, int: -2_147_483_648 }, -2_147_483_648],
    ['Int64', { datatype: 4, long: -5_000_000_000n }, -5_000_000_000],
    ['UInt8', { datatype: 5, int: 200 }, 200],
    ['UInt16', { datatype: 6, int: 65_535 }, 65_535],
    ['UInt32', { datatype: 7, int: 4_294_967_295 }, 4_294_967_295],
    ['UInt32 as long', { datatype: 7, long: 4_294_967_295n }, 4_294_967_295],
    ['UInt64', { datatype: 8, long: 5_000_000_000n }, 5_000_000_000],
    ['Float', { datatype: 9, float: 21.3 }, 21.3],
    ['Double', { datatype: 10, double: 0.1 }, 0.1],
    ['Boolean', { datatype: 11, boolean: true }, true],
    ['Boolean as int', { datatype: 11, int: 1 }, true],
    ['String', { datatype: 12, string: 'open' }, 'open'],
    ['DateTime', { datatype: 13, long: 1_795_262_340_000n }, 1_795_262_340_000],
    ['Text', { datatype: 14, string: '湿' }, '湿'],
    ['null', { datatype: 9, null: true }, null],
    ['bad quality', { datatype: 9, float: 1, properties: { Quality: 0 } }, null],
    ['stale', { datatype: 9, float: 1, properties: { Quality: 500 } }, null],
    ['good quality', { datatype: 9, float: 1, properties: { Quality: 192 } }, 1],
    ['a unit', { datatype: 9, float: 1, properties: { engUnit: 'kW' } }, { value: 1, unit: 'kW' }],
    ['untyped text', { string: 'open' }, 'open'],
    ['a template', { datatype: 19, template: Uint8Array.of(8, 1) }, undefined],
    ['bytes', { datatype: 17, template: Uint8Array.of(8, 1) }, undefined],
  ])('reads %s', (_, metric, value) => {
    const { send, born } = session();
    born();
    const body = { ...(value === undefined ? {} : { x: value }), y: 1 };
    expect(
      values(
        send('NDATA', [
          { name: 'x', ...metric },
          { name: 'y', double: 1 },
        ]),
      ),
    ).toEqual([['Court 1/pump house', body]]);
  });

  it('makes an envelope of each time, and marks records of the past', () => {
    const { send, born } = session();
    born();
    const opening = send('NDATA', [
      { name: 'a', double: 1, timestamp: now - 60_000, historical: true },
      { name: 'b', double: 2 },
      { name: 'a', double: 3 },
      { name: 'b', double: 4, timestamp: now - 60_000, historical: true },
    ]);
    expect(opening).toMatchObject([
      { at: now - 60_000, historic: true, body: { a: 1, b: 4 } },
      { at: now + 1, historic: false, body: { b: 2, a: 3 } },
    ]);
  });

  it('asks for a rebirth when it does not know an alias, and puts the message aside', () => {
    const { send, opener } = session();
    expect(send('DDATA', [{ alias: 2, float: 1 }], 'sump')).toMatchObject({
      code: 'DECODE_ENVELOPE',
    });
    const [request, ...more] = asked(opener);
    expect(more).toEqual([]);
    expect(request?.topic).toBe('spBv1.0/Court 1/NCMD/pump house');
    const command = readPayload(request?.payload ?? new Uint8Array());
    expect(command).toMatchObject({
      at: now,
      metrics: [{ name: 'Node Control/Rebirth', datatype: bool, value: true }],
    });
  });

  it('asks a node once a minute at most, and not again once it was born', () => {
    const { send, born, opener } = session();
    const data = () => send('NDATA', [{ alias: 1, boolean: true }]);
    data();
    expect(asked(opener, now)).toHaveLength(1);
    data();
    expect(asked(opener, now + 59_999)).toEqual([]);
    expect(asked(opener, now + 60_000)).toHaveLength(1);
    data();
    born();
    expect(asked(opener, now + 200_000)).toEqual([]);
    data();
    expect(asked(opener, now + 200_000)).toEqual([]);
  });

  it('asks after a gap, though it takes what it can read', () => {
    const { send, born, opener } = session();
    born();
    expect(values(send('NDATA', [{ alias: 1, boolean: false }], undefined, 1))).toHaveLength(1);
    expect(asked(opener)).toHaveLength(1);
  });

  it('goes round after 255, and hears a message twice without alarm', () => {
    const { send, born, opener } = session();
    born();
    for (let i = 0; i < 300; i++) send('NDATA', [{ alias: 1, boolean: true }]);
    const again = sparkplugPayload({
      ...{ timestamp: now + 44, seq: 44 },
      metrics: [{ alias: 1, boolean: true }],
    });
    opener.open(node, again, 'spBv1.0');
    expect(asked(opener)).toEqual([]);
  });

  it('forgets aliases with the birth that said them', () => {
    const { send, born, deviceBorn } = session();
    born();
    deviceBorn();
    born(4n);
    expect(send('DDATA', [{ alias: 2, float: 1 }], 'sump')).toBeInstanceOf(Refusal);
  });

  it('takes the death of a node for the death of its devices, if it is of this session', () => {
    const { send, born, deviceBorn } = session();
    born(3n);
    deviceBorn();
    expect(send('NDEATH', [{ name: 'bdSeq', datatype: 4, long: 2n }])).toEqual([]);
    expect(send('NDEATH', [{ name: 'bdSeq', datatype: 4, long: 3n }])).toMatchObject([
      { device: 'Court 1/pump house', about: 'presence', online: false },
      { device: 'Court 1/pump house/sump', about: 'presence', online: false },
    ]);
    expect(send('NDATA', [{ alias: 1, boolean: true }])).toBeInstanceOf(Refusal);
  });

  it('takes the death of a device for its own alone', () => {
    const { send, born, deviceBorn } = session();
    born();
    deviceBorn();
    expect(send('DDEATH', [], 'sump')).toMatchObject([
      { device: 'Court 1/pump house/sump', about: 'presence', online: false },
    ]);
    expect(values(send('NDATA', [{ alias: 1, boolean: true }]))).toHaveLength(1);
  });

  it.each([
    'spBv1.0/STATE/host 1',
    'spBv1.0/Court 1/NCMD/pump house',
    'spBv1.0/Court 1/DCMD/pump house/sump',
  ])('takes %s for no message of a device', (topic) => {
    expect(sparkplug.claims(topic, 'spBv1.0')).toBe(true);
    expect(sparkplug.create().open(topic, Buffer.from('{"online":true}'), 'spBv1.0')).toEqual([]);
  });

  it.each([
    'spBv1.0/Court 1/NDATA/pump house/sump',
    'spBv1.0/Court 1/DDATA/pump house',
    'spBv1.0/Court 1/DDATA/pump house/sump/more',
    'spBv1.0/Court 1/XDATA/pump house',
    'spAv1.0/Court 1/NDATA/pump house',
  ])('does not claim %s', (topic) => {
    expect(sparkplug.claims(topic, 'spBv1.0')).toBe(false);
  });

  it('refuses what is no Protobuf, too large, compressed or of too many metrics', () => {
    const { opener } = session();
    const code = (bytes: Uint8Array) => opener.open(node, bytes, 'spBv1.0');
    expect(code(Buffer.from('{"timestamp":1}'))).toMatchObject({ code: 'DECODE_ENVELOPE' });
    expect(code(new Uint8Array(262_145))).toMatchObject({ code: 'DECODE_TOO_LARGE' });
    const compressed = Buffer.concat([Uint8Array.of(0x22, 18), Buffer.from('SPBV1.0_COMPRESSED')]);
    expect(code(compressed)).toMatchObject({ code: 'DECODE_ENVELOPE' });
    const empties = Buffer.from('1200'.repeat(4_097), 'hex');
    expect(code(empties)).toMatchObject({ code: 'DECODE_TOO_MANY_FIELDS' });
    // Groups within groups, as deep as they fit.
    expect(code(new Uint8Array(200_000).fill(0x0b))).toMatchObject({ code: 'DECODE_ENVELOPE' });
  });

  it('keeps no more nodes and births than it has room for', () => {
    const opener = sparkplug.create();
    const metrics = Array.from({ length: 200 }, (_, i) => ({
      ...{ name: `${'x'.repeat(900)}${i}`, alias: i, double: 1 },
    }));
    const birth = sparkplugPayload({ timestamp: now, seq: 0, metrics });
    const data = sparkplugPayload({ timestamp: now, seq: 1, metrics: [{ alias: 1, double: 2 }] });
    const open = (type: string, i: number) =>
      opener.open(`spBv1.0/g/${type}/n${i}`, type === 'NBIRTH' ? birth : data, 'spBv1.0');
    for (let i = 0; i < 100; i++) open('NBIRTH', i);
    expect(values(open('NDATA', 99))).toHaveLength(1);
    expect(open('NDATA', 0)).toBeInstanceOf(Refusal);
  });

  it('reads back every payload that it could be sent', () => {
    const metric = fc.record(
      {
        name: fc.string({ minLength: 1 }),
        alias: fc.nat(),
        timestamp: fc.nat(),
        double: fc.double(),
      },
      { requiredKeys: ['name', 'double'] },
    );
    fc.assert(
      fc.property(fc.array(metric, { maxLength: 8 }), fc.nat(255), (metrics, seq) => {
        const read = readPayload(sparkplugPayload({ timestamp: now, seq, metrics }));
        if (read instanceof Refusal) throw new Error(read.message);
        expect(read).toMatchObject({ at: now, seq });
        expect(read.metrics.map(({ name, value }) => ({ name, value }))).toEqual(
          metrics.map(({ name, double }) => ({ name: wellFormed(name), value: double })),
        );
      }),
    );
  });
});

/** Protobuf has no lone surrogates. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
