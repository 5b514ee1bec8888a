import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal, readAll, scratch } from '../journal/testing.ts';
import { device, startEdge, statusOf, testEstateText } from '../testing.ts';

let directory: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(() => remove());

const level = '24e124136b5f0101';
const distance = 'a84041ffff180202';
const door = '7894e80100000303';
const asset = (id: string, kind: string, points: string) =>
  `  - { id: ${id}, name: ${id}, kind: ${kind}, touchpoint: TP23, place: Yard, points: [${points}] }`;
const mapping = (device: string, id: string, preset: string) =>
  `  - { format: chirpstack, device: ${device}, asset: ${id}, node: ${id}-node, preset: ${preset} }`;
const estate = loadEstate(
  [
    testEstateText(),
    asset('tub', 'bin', 'distance_cm'),
    asset('tub-node', 'device', 'battery_pct, battery_v, rssi_dbm'),
    asset('ditch', 'drain', 'free_cm'),
    asset('ditch-node', 'device', 'battery_pct, battery_v'),
    asset('side', 'access-gate', 'door'),
    asset('side-node', 'device', 'battery_pct, battery_v, tamper'),
    'mappings:',
    mapping(level, 'tub', 'milesight/em500-udl'),
    mapping(distance, 'ditch', 'dragino/dds75-lb'),
    mapping(door, 'side', 'radio-bridge/rbs301'),
  ].join('\n'),
  'yard.yaml',
);

/** What a day of an estate's network looks like: most uplinks carry no measurement, many measure nothing. */
function objectOf(n: number): [device: string, port: number, object: object] {
  if (n % 3 !== 0) return [level, 0, {}];
  if (n % 5 === 0) return [distance, 2, { eventType: 'PERIODIC_REPORT', Bat: 3.3, distance: 0 }];
  if (n % 7 === 0) return [door, 2, { event: 'LINK_QUALITY', lastDownlinkRssi: -108 }];
  if (n % 11 === 0) return [door, 2, { batteryLevel: 3.1, batteryLow: 0, tamperSinceLastReset: 0 }];
  if (n % 13 === 0) return [door, 2, { open: n % 2, eventType: n % 2 === 1 ? 'OPEN' : 'CLOSED' }];
  return [level, 85, { battery: 93, distance: n % 4 === 0 ? 0 : 1_000 + n }];
}

it('makes readings of what devices measured, and of nothing else', async () => {
  const rigged = await startEdge(directory, { estate });
  const client = await device(rigged.url);
  const from = Date.now() - 600_000;
  const events = Array.from({ length: 500 }, (_, n) => {
    const [devEui, fPort, object] = objectOf(n);
    const rxInfo = devEui === level ? [{ gatewayId: 'g', rssi: -90, snr: 5 }] : [];
    const time = new Date(from + n * 1_000).toISOString();
    const event = {
      deduplicationId: `e-${n}`,
      time,
      deviceInfo: { devEui },
      fPort,
      object,
      rxInfo,
    };
    return [`application/1/device/${devEui}/event/up`, JSON.stringify(event)] as const;
  });
  const sent = [...events, ...events.filter((_, n) => n % 7 === 0)];
  for (const [topic, payload] of sent) await client.publishAsync(topic, payload, { qos: 1 });
  const { ingest, devices } = await statusOf(rigged);
  await client.endAsync();
  await rigged.edge.stop();

  const said = events.map((_, n) => objectOf(n));
  const links = said.filter(([, , object]) => 'event' in object).length;
  expect(ingest).toMatchObject({
    ...{ messages: sent.length, accepted: events.length - links, quarantined: 0 },
    ignored: { duplicate: sent.length - events.length, sign: links, empty: 0 },
  });
  expect(devices.seen.map(({ asset }) => asset)).toEqual(
    expect.arrayContaining(['tub', 'tub-node', 'ditch', 'side', 'side-node']),
  );

  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, journal.oldest);
  await journal.close();
  const counts: Record<string, number> = {};
  for (const { point } of readings) counts[point] = (counts[point] ?? 0) + 1;
  const having = (key: string) => said.filter(([, , object]) => key in object).length;
  const echoes = said.filter(([, , o]) => 'distance' in o && o.distance !== 0).length;
  expect(counts).toEqual({
    'tub/distance_cm': echoes,
    'tub-node/battery_pct': having('battery'),
    'tub-node/rssi_dbm': said.filter(([device]) => device === level).length,
    'ditch-node/battery_v': having('Bat'),
    'side/door': having('open'),
    'side-node/battery_v': having('batteryLevel'),
    'side-node/tamper': having('tamperSinceLastReset'),
  });
  // One reading of a point and an instant: nothing was counted twice.
  expect(new Set(readings.map(({ point, at }) => `${point} ${at}`)).size).toBe(readings.length);
});
