import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadEstate } from '../../model/index.ts';
import { createDecoder } from '../create.ts';
import { type Explanation, explain } from './explain.ts';

const asset = (id: string, kind: string, points: string) =>
  `  - { id: ${id}, name: ${id}, kind: ${kind}, touchpoint: TP01, place: Yard, points: [${points}] }`;
const estate = loadEstate(
  [
    'id: yard',
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: yard-1',
    'assets:',
    asset('gate', 'access-gate', 'door, slam_db'),
    asset('bin', 'bin', 'distance_cm, tilt, temp_c'),
    asset('bin-node', 'device', 'battery_pct, rssi_dbm'),
    asset('hall', 'climate', 'temp_c'),
    asset('lamp', 'lighting', 'lux, commanded'),
    'mappings:',
    '  - { topic: zigbee2mqtt/gate, format: zigbee2mqtt, asset: gate }',
    '  - format: chirpstack',
    '    device: 24e124136b502217',
    '    asset: bin',
    '    node: bin-node',
    '    fields:',
    '      - { path: distance, metric: distance_cm, unit: mm, sentinels: [0] }',
    '      - { path: position, or: [lid], metric: tilt, words: { tilt: true, normal: false } }',
    '      - { path: temperature, metric: temp_c }',
    '    nodeFields: [{ path: battery, metric: battery_pct }]',
    '  - topic: plant/lamp',
    '    format: json',
    '    asset: lamp',
    '    at: time',
    '    fields:',
    '      - { path: a.lux, metric: lux }',
    '      - { path: raw, metric: lux, scale: 0.5 }',
    '      - { path: state, metric: commanded }',
    '  - { topic: plant/hall, format: bare, asset: hall, fields: [{ metric: temp_c }] }',
  ].join('\n'),
  'yard.yaml',
);
const arrival = { received: Date.UTC(2026, 10, 29), retained: false };
const uplinkTopic = 'application/7/device/24e124136b502217/event/up';
const uplink = (object: unknown, more: object = {}) => ({
  deviceInfo: { devEui: '24e124136b502217', deviceName: 'Bin' },
  ...{ fPort: 85, object, rxInfo: [{ rssi: -101, snr: 3 }], ...more },
});

function explained(topic: string, payload: unknown): Explanation {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return explain(createDecoder(estate), estate, { topic, payload: bytes, arrival });
}

describe('an explanation', () => {
  it('tells family, device, mapping, time and every field', () => {
    const object = {
      distance: 2_116,
      position: 'sideways',
      lid: 'normal',
      battery: 92,
      spare: 'x',
    };
    const { family, parts, decoded, outcome, suggestion } = explained(
      uplinkTopic,
      uplink(object, { time: '2026-11-28T20:00:00Z' }),
    );
    expect(family).toEqual({ format: 'chirpstack', base: 'application' });
    expect(parts).toHaveLength(1);
    const [part] = parts;
    expect(part?.envelope?.device).toBe('24e124136b502217');
    expect(part?.mappings[0]?.at).toEqual({
      raw: '2026-11-28T20:00:00Z',
      at: Date.UTC(2026, 10, 28, 20),
    });
    const fields = part?.mappings[0]?.fields.map(({ path, outcome: what, value }) => [
      path,
      what,
      value,
    ]);
    expect(fields).toEqual(
      expect.arrayContaining([
        ['distance', 'value', 211.6],
        ['position', 'fault', undefined],
        ['temperature', 'absent', undefined],
        ['battery', 'value', 92],
        ['$rssi', 'value', -101],
      ]),
    );
    expect(part?.unread).toEqual([{ path: 'spare', value: '"x"' }]);
    expect(decoded.faults.map(({ code }) => code)).toEqual(['DECODE_WRONG_TYPE']);
    expect([outcome, suggestion]).toEqual(['accepted', null]);
  });

  it('tells a sentinel, and a field that came too late', () => {
    const echo = explained(uplinkTopic, uplink({ distance: 0 }));
    expect(echo.parts[0]?.mappings[0]?.fields[0]?.outcome).toBe('sentinel');
    const time = '2026-11-28T20:00:00Z';
    const lamp = explained('plant/lamp', { time, a: { lux: 12 }, raw: 30, b: 1 });
    const outcomes = lamp.parts[0]?.mappings[0]?.fields.map(({ path, outcome }) => [path, outcome]);
    expect(outcomes).toEqual([
      ['a.lux', 'value'],
      ['raw', 'spent'],
      ['state', 'absent'],
    ]);
    expect(lamp.parts[0]?.unread).toEqual([{ path: 'b', value: '1' }]);
    expect(explained('plant/hall', 'warm').parts[0]?.unread).toEqual([]);
  });

  it('tells of our own form, too', () => {
    const own = explained('caretaker/lamp', {
      lux: 'dim',
      commanded: 1,
      at: '2026-11-28T20:00:00Z',
    });
    expect(own.parts).toMatchObject([
      {
        envelope: null,
        unread: [],
        mappings: [
          {
            mapping: null,
            at: { at: Date.UTC(2026, 10, 28, 20) },
            fields: [
              { path: 'lux', point: 'lamp/lux', raw: 'dim', outcome: 'fault' },
              { path: 'commanded', point: 'lamp/commanded', raw: 1, outcome: 'value', value: true },
            ],
          },
        ],
      },
    ]);
    const bare = explained('caretaker/hall/temp_c', ' 21.5');
    expect(bare.parts[0]?.mappings[0]?.fields).toMatchObject([
      { path: '', raw: ' 21.5', value: 21.5 },
    ]);
  });

  it('suggests a mapping for a device that none names', () => {
    const other = uplinkTopic.replace('2217', 'ffff');
    const said = { ...uplink({ water_leak: false }), deviceInfo: {} };
    const { outcome, decoded, suggestion } = explained(other, said);
    expect([outcome, decoded.faults[0]?.code]).toEqual(['quarantined', 'DECODE_UNMAPPED_DEVICE']);
    expect(suggestion?.mappings).toMatchObject([
      { format: 'chirpstack', device: '24e124136b50ffff' },
    ]);
    expect(explained('plant/x', { temp: 4 }).suggestion?.kind).toBe('climate');
  });

  it('tells why nothing came of a message', () => {
    const mac = explained(uplinkTopic, uplink({}, { fPort: 0 }));
    expect([mac.outcome, mac.decoded.ignored, mac.parts[0]?.envelope?.about]).toEqual([
      // The signal of the node is a reading all the same.
      'accepted',
      null,
      'sign',
    ]);
  });
});

it('says what decoding says, of every message', () => {
  const value = fc.oneof(
    fc.constantFrom(
      0,
      1,
      93,
      2_116,
      -40,
      true,
      false,
      null,
      'open',
      'tilt',
      'normal',
      '25.90 mm',
      'ON',
    ),
    fc.double(),
    fc.string({ maxLength: 12 }),
  );
  const body = fc.record(
    Object.fromEntries(
      ['contact', 'distance', 'position', 'temperature', 'battery', 'raw', 'state', 'time'].map(
        (name) => [name, value],
      ),
    ),
    { requiredKeys: [] },
  );
  const message = fc.oneof(
    body.map((object) => ({ topic: uplinkTopic, payload: JSON.stringify(uplink(object)) })),
    body.map((object) => ({
      topic: 'plant/lamp',
      payload: JSON.stringify({ a: { lux: 3 }, ...object }),
    })),
    body.map((object) => ({ topic: 'zigbee2mqtt/gate', payload: JSON.stringify(object) })),
    body.map(({ state, raw, time }) => ({
      topic: 'caretaker/lamp',
      payload: JSON.stringify({ commanded: state, lux: raw, at: time }),
    })),
    fc.record({
      topic: fc.constantFrom(
        'caretaker/hall/temp_c',
        'caretaker/lamp',
        'plant/hall',
        'plant/lamp',
        'zigbee2mqtt/gate',
        uplinkTopic,
        'a/b',
      ),
      payload: fc.string(),
    }),
  );
  fc.assert(
    fc.property(message, fc.boolean(), ({ topic, payload }, retained) => {
      const bytes = Buffer.from(payload);
      const circumstances = { ...arrival, retained };
      const told = explain(createDecoder(estate), estate, {
        ...{ topic, payload: bytes, arrival: circumstances },
      });
      const decoded = createDecoder(estate).decode(topic, bytes, circumstances);
      expect(told.decoded).toEqual(decoded);
      const fields = told.parts.flatMap((part) => part.mappings.flatMap((one) => one.fields));
      const values = fields.flatMap(({ point, value: said }) =>
        said === undefined ? [] : [{ point, value: said }],
      );
      const kept = values.filter(({ point }) => decoded.found.some((one) => one.point === point));
      expect(decoded.found.map(({ point, value: said }) => ({ point, value: said }))).toEqual(kept);
      if (!retained) expect(kept).toEqual(values);
      for (const { fault } of fields) if (fault) expect(decoded.faults).toContainEqual(fault);
    }),
    { numRuns: 500 },
  );
});
