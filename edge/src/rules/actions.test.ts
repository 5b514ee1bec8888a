import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf } from '../testing.ts';
import { actsAfterMs, type RulesStatus } from './index.ts';

const estate = loadEstate(
  [
    'id: yard',
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: yard-1',
    'assets:',
    '  - { id: lift, name: lift, kind: lift, touchpoint: TP27, place: Yard, points: [trapped, door] }',
    'actions:',
    '  - rule: lift-trapped',
    '    do: [{ relay: { format: tasmota, device: siren } }]',
    '    undo: [{ relay: { format: tasmota, device: siren, on: false } }]',
    '  - { rule: lift-flies, do: [{ mqtt: { topic: nobody } }] }',
  ].join('\n'),
  'yard.yaml',
);

/** From the acknowledgement of the device to the siren. */
const actsWithinMs = 2_000;
const clearsAfterMs = 60_000;

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged | null = null;
let client: MqttClient | null = null;
let siren: string[];
/** How far the gateway's clocks are ahead of those of this machine. */
let ahead = 0;

const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic() + ahead,
};

beforeEach(async () => {
  ahead = 0;
  siren = [];
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  uplinkUrl = await cloud.start();
  await start();
  await vi.waitUntil(async () => rigged && (await statusOf(rigged)).uplink.connected, patient);
  await cloud.stop();
  ahead += actsAfterMs + 1_000;
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function start(standardFolder: string | null = null): Promise<void> {
  rigged = await startEdge(directory, { uplinkUrl, estate, standardFolder }, { clock });
  client = await device(rigged.url);
  client.on('message', (topic, payload) => siren.push(`${topic} ${payload.toString()}`));
  await client.subscribeAsync('cmnd/siren/#', { qos: 1 });
}

async function stop(): Promise<void> {
  await client?.endAsync(true);
  client = null;
  await rigged?.edge.stop();
  rigged = null;
}

async function say(trapped: boolean): Promise<void> {
  await client?.publishAsync('caretaker/lift', JSON.stringify({ trapped }), { qos: 1 });
}

async function rules(): Promise<RulesStatus> {
  if (rigged === null) throw new Error('the gateway does not run');
  const { rules } = (await statusOf(rigged)) as unknown as { rules: RulesStatus };
  return rules;
}

/** The lift is free, and so for as long as its rule wants to see it. */
async function free(): Promise<void> {
  await say(false);
  await until(({ pending }) => pending === 0);
  ahead += clearsAfterMs;
}

const until = (check: (status: RulesStatus) => boolean) =>
  vi.waitUntil(async () => check(await rules()), patient);

it('acts at once while the cloud is away, takes it back, and tells the cloud of both', async () => {
  await say(true);
  const said = performance.now();
  await vi.waitUntil(() => siren.length > 0, patient);
  expect(performance.now() - said).toBeLessThan(actsWithinMs);
  expect(siren).toEqual(['cmnd/siren/POWER1 ON']);
  await until(({ actions }) => actions.done === 1);
  // An action of no rule is told of, and hinders no other.
  expect((await rules()).actions).toMatchObject({
    open: 1,
    faults: [{ code: 'STANDARDS_UNKNOWN_ACTION', message: expect.stringContaining('lift-flies') }],
  });
  await cloud.start();
  await until(({ alarms }) => alarms.waiting === 0);
  const acted = { kind: 'relay', target: 'tasmota siren 1 on', undo: false, ok: true, error: null };
  expect(cloud.alarms.at(-1)?.actions).toMatchObject([acted]);
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  await until(({ alarms, actions }) => actions.done === 2 && alarms.waiting === 0);
  expect(siren.at(-1)).toBe('cmnd/siren/POWER1 OFF');
  expect(cloud.alarms.at(-1)).toMatchObject({
    end: expect.any(Number),
    actions: [acted, { target: 'tasmota siren 1 off', undo: true, ok: true }],
  });
});

it('acts once, whatever is restarted, and still takes it back', async () => {
  await say(true);
  await until(({ actions }) => actions.done === 1);
  for (let count = 0; count < 2; count += 1) {
    await stop();
    await start();
    await until(({ pending, standing }) => pending === 0 && standing === 1);
  }
  expect(siren).toEqual(['cmnd/siren/POWER1 ON']);
  expect(await rules()).toMatchObject({ alarms: { raised: 1 }, actions: { done: 0, open: 1 } });
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  expect(siren.at(-1)).toBe('cmnd/siren/POWER1 OFF');
});

it('takes nothing back because it can judge nothing any more', async () => {
  await say(true);
  await until(({ actions }) => actions.done === 1);
  await stop();
  await start(path.join(directory, 'nowhere'));
  await say(true);
  await stop();
  const ledger = await readFile(path.join(directory, 'edge', 'actions.json'), 'utf8');
  expect(ledger).toContain('"over":null');
  await start();
  await until(({ pending, standing }) => pending === 0 && standing === 1);
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  expect(siren).toEqual(['cmnd/siren/POWER1 ON', 'cmnd/siren/POWER1 OFF']);
});
