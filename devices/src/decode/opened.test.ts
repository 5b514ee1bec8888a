import { expect, it } from 'vitest';
import { loadEstate } from '../model/index.ts';
import { createDecoder } from './index.ts';
import { sparkplugPayload } from './testing/index.ts';

const gate = 'kind: access-gate, touchpoint: TP01, place: North, points: [door] }';
const estate = loadEstate(
  `
id: garden
name: Garden
zone: Asia/Shanghai
location: { latitude: 31, longitude: 121 }
gateway: garden-1
assets:
  - { id: gate-1, name: Gate 1, ${gate}
  - { id: gate-2, name: Gate 2, ${gate}
  - { id: both, name: Both, ${gate}
sources:
  - { format: zigbee2mqtt, base: z1 }
  - { format: zigbee2mqtt, base: z2 }
mappings:
  - { topic: z1/gate, format: zigbee2mqtt, asset: gate-1 }
  - { topic: z2/gate, format: zigbee2mqtt, asset: gate-2 }
  - { device: gate, format: zigbee2mqtt, asset: both }
`,
  'garden.yaml',
);
const now = Date.parse('2026-11-21T12:00:00Z');
const decode = (topic: string, payload: Uint8Array) =>
  createDecoder(estate).decode(topic, payload, { received: now, retained: false });

it('tells devices of one name apart where mappings name their topics', () => {
  const points = (topic: string) =>
    decode(topic, Buffer.from('{"contact":true}')).found.map(({ point }) => point);
  expect(points('z1/gate')).toEqual(['gate-1/door', 'both/door']);
  expect(points('z2/gate')).toEqual(['gate-2/door', 'both/door']);
  expect(points('zigbee2mqtt/gate')).toEqual(['both/door']);
});

it('names a device that nobody mapped with all that its birth says, of whatever time', () => {
  const birth = sparkplugPayload({
    ...{ timestamp: now - 1_000, seq: 1 },
    metrics: [
      { name: 'Level', alias: 1, datatype: 3, int: 213, timestamp: now - 9_000 },
      { name: 'Running', alias: 2, datatype: 11, boolean: true },
    ],
  });
  const { faults, unmapped } = decode('spBv1.0/Court 1/DBIRTH/pump house/sump', birth);
  expect(faults).toHaveLength(1);
  expect(unmapped).toMatchObject({
    device: 'Court 1/pump house/sump',
    body: { Level: 213, Running: true },
  });
});
