import { loadEstate } from '@caretaker/devices/model';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge, statusOf, testEstateText } from '../testing.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;
let client: MqttClient;

const eui = '24e124136b5f2217';
const estate = loadEstate(
  `${testEstateText()}
  - { id: tub, name: Tub, kind: bin, touchpoint: TP23, place: Yard, points: [distance_cm] }
  - { id: tub-node, name: Node, kind: device, touchpoint: TP23, place: Yard, points: [battery_pct] }
mappings:
  - { format: chirpstack, device: ${eui}, asset: tub, node: tub-node, preset: milesight/em500-udl }
`,
  'yard.yaml',
);

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  rigged = await startEdge(directory, { estate });
  client = await device(rigged.url);
});
afterEach(async () => {
  await client.endAsync(true);
  await rigged.edge.stop();
  await remove();
});

const event = (kind: string, more: object) =>
  client.publishAsync(
    `application/1/device/${eui}/event/${kind}`,
    JSON.stringify({ time: new Date().toISOString(), deviceInfo: { devEui: eui }, ...more }),
    { qos: 1 },
  );

it('counts what becomes of each message, and a repeated one once', async () => {
  const up = { deduplicationId: 'a', fPort: 85, object: { battery: 90, distance: 1200 } };
  await Promise.all([event('up', up), event('up', up)]);
  await event('up', up);
  await event('up', { deduplicationId: 'b', fPort: 85, object: { distance: 0 } });
  await event('up', { deduplicationId: 'c', fPort: 0, object: {} });
  await event('join', { deduplicationId: 'd' });
  await client.publishAsync('caretaker/hall', '{"temp_c":"warm"}', { qos: 1 });
  await client.publishAsync('caretaker/hall', '{"temp_c":21}', { qos: 1 });
  const { ingest } = await statusOf(rigged);
  expect(ingest).toMatchObject({
    ...{ messages: 8, accepted: 2, quarantined: 1, readings: 3 },
    ignored: { duplicate: 2, empty: 1, sign: 2, presence: 0, retained: 0, simulated: 0 },
  });
  const text = await (
    await fetch(`http://127.0.0.1:${rigged.httpPort}/metrics`, {
      headers: { authorization: `Bearer ${rigged.token}` },
    })
  ).text();
  expect(text).toContain('caretaker_edge_accepted_messages_total 2\n');
  expect(text).toContain('caretaker_edge_quarantined_messages_total 1\n');
  expect(text).toContain('caretaker_edge_ignored_messages_total{reason="duplicate"} 2\n');
});

it('tells when an asset was last seen, though it said no value', async () => {
  await event('join', { deduplicationId: 'd' });
  const { devices } = await statusOf(rigged);
  expect(devices.seen.map(({ asset }) => asset).sort()).toEqual(['tub', 'tub-node']);
  expect(devices.points).toBe(0);
});
