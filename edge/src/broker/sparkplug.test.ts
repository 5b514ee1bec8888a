import path from 'node:path';
import { sparkplugPayload } from '@caretaker/devices/decode/testing';
import { loadEstate } from '@caretaker/devices/model';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openJournal, readAll, scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge, statusOf, testEstateText } from '../testing.ts';

const mapping = `
mappings:
  - { format: sparkplug, device: Court/pump house/hall, asset: hall, fields: [{ path: Air/temp.c, metric: temp_c }] }
`;

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;
let node: MqttClient;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  const estate = loadEstate(testEstateText() + mapping, 'yard.yaml');
  rigged = await startEdge(directory, { estate });
  node = await device(rigged.url);
});
afterEach(async () => {
  await node.endAsync(true);
  await rigged.edge.stop();
  await remove();
});

it('asks an edge node that it does not know for its births, and then understands its aliases', async () => {
  const asked: string[] = [];
  node.on('message', (topic, payload) => {
    if (payload.toString().includes('Node Control/Rebirth')) asked.push(topic);
  });
  await node.subscribeAsync('spBv1.0/Court/NCMD/pump house');
  const say = (type: string, ...rest: Parameters<typeof sparkplugPayload>) =>
    node.publishAsync(
      `spBv1.0/Court/${type}/pump house${type.startsWith('D') ? '/hall' : ''}`,
      Buffer.from(sparkplugPayload(...rest)),
      { qos: 0 },
    );
  const at = Date.now() - 60_000;
  const data = (seq: number, float: number) =>
    say('DDATA', { timestamp: at + seq, seq, metrics: [{ alias: 7, float }] });

  await data(9, 20);
  await data(10, 20);
  await vi.waitFor(() => expect(asked).toEqual(['spBv1.0/Court/NCMD/pump house']), patient);

  await say('NBIRTH', {
    timestamp: at,
    seq: 0,
    metrics: [{ name: 'bdSeq', datatype: 4, long: 1n }],
  });
  const temperature = { name: 'Air/temp.c', alias: 7, datatype: 9, float: 20.5 };
  await say('DBIRTH', { timestamp: at + 1, seq: 1, metrics: [temperature] });
  await data(2, 21.5);
  await vi.waitFor(async () => expect((await statusOf(rigged)).ingest.readings).toBe(2), patient);
  expect((await statusOf(rigged)).quarantine.total).toBeGreaterThan(0);
  expect(asked).toHaveLength(1);

  await rigged.edge.stop();
  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, journal.oldest);
  await journal.close();
  expect(readings.map(({ point, value, at: when }) => [point, value, when - at])).toEqual([
    ['hall/temp_c', 20.5, 1],
    ['hall/temp_c', 21.5, 2],
  ]);
});
