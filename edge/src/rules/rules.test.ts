import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
    '  - { id: bin, name: bin, kind: bin, touchpoint: TP23, place: Yard, points: [temp_c, fill_pct] }',
    '  - { id: gate, name: gate, kind: access-gate, touchpoint: TP01, place: Yard, points: [door, granted] }',
  ].join('\n'),
  'yard.yaml',
);

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged | null = null;
let client: MqttClient | null = null;
/** How far the gateway's clocks are ahead of those of this machine. */
let ahead = 0;

const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic() + ahead,
};

beforeEach(async () => {
  ahead = 0;
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  uplinkUrl = await cloud.start();
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function start() {
  rigged = await startEdge(directory, { uplinkUrl, estate }, { clock });
  client = await device(rigged.url);
}

async function stop(): Promise<void> {
  await client?.endAsync(true);
  client = null;
  await rigged?.edge.stop();
  rigged = null;
}

/** The device says it, and the gateway has it on disk. */
async function say(asset: string, values: object): Promise<void> {
  await client?.publishAsync(`caretaker/${asset}`, JSON.stringify(values), { qos: 1 });
}

async function rules(): Promise<RulesStatus> {
  if (rigged === null) throw new Error('the gateway does not run');
  const { rules } = (await statusOf(rigged)) as unknown as { rules: RulesStatus };
  return rules;
}

const until = (check: (status: RulesStatus) => boolean) =>
  vi.waitUntil(async () => check(await rules()), patient);
const synced = () =>
  vi.waitUntil(async () => rigged && (await statusOf(rigged)).uplink.connected, patient);
const alarmsFile = () => readFile(path.join(directory, 'edge', 'alarms.json'), 'utf8');

/** The time passes after which the gateway acts by itself. */
function pass(ms = actsAfterMs + 1_000): void {
  ahead += ms;
}

describe('while the cloud confirms', () => {
  it('judges, and raises nothing', async () => {
    await start();
    await synced();
    await say('lift', { trapped: true });
    await until(({ standing }) => standing === 1);
    await vi.waitUntil(() => cloud.readings.length > 0, patient);
    const came = clock.now();
    await until(({ unconfirmedMs }) => clock.now() - unconfirmedMs > came);
    pass();
    await say('lift', { door: 'closed' });
    await until(({ pending, unconfirmedMs }) => pending === 0 && unconfirmedMs < actsAfterMs);
    expect(await rules()).toMatchObject({ standing: 1, alarms: { raised: 0, waiting: 0 } });
    expect(cloud.alarms).toEqual([]);
  });
});

describe('while the cloud does not', () => {
  beforeEach(async () => {
    await start();
    await synced();
    await cloud.stop();
  });

  it('waits for 30 s, then keeps an alarm and sends it until the cloud has it', async () => {
    cloud.storesAlarms = false;
    await say('lift', { trapped: true });
    await until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await rules()).toMatchObject({ alarms: { raised: 0 } });
    pass();
    await until(({ alarms }) => alarms.waiting === 1);
    await vi.waitFor(alarmsFile, patient);
    expect(JSON.parse((await alarmsFile()).split('\n')[0] ?? '')).toMatchObject({
      alarms: [{ alarm: { rule: 'lift-trapped' }, stored: null }],
    });
    await cloud.start();
    await vi.waitUntil(() => cloud.alarms.length > 0, patient);
    expect(cloud.alarms[0]).toMatchObject({
      subject: 'yard/lift',
      rule: 'lift-trapped',
      item: 'TP27-S1',
      severity: 'emergency',
      end: null,
      worst: true,
      readings: [{ point: 'yard/lift/trapped', value: true }],
    });
    // It comes again while no answer does, and at each connection.
    cloud.storesAlarms = true;
    pass();
    await until(({ alarms }) => alarms.waiting === 0);
    expect(cloud.alarms.length).toBeGreaterThan(1);
    expect(new Set(cloud.alarms.map(({ onset }) => onset)).size).toBe(1);
  });

  it('raises at once what happens when the 30 s are over', async () => {
    pass();
    await say('bin', { temp_c: 80 });
    await until(({ alarms }) => alarms.waiting === 1);
    await say('lift', { trapped: true });
    await until(({ alarms }) => alarms.waiting === 2);
    await cloud.start();
    await until(({ alarms }) => alarms.waiting === 0);
    expect(cloud.alarms.map(({ rule }) => rule).sort()).toEqual(['bin-fire', 'lift-trapped']);
  });

  it('raises nothing that is over before, and tells the end of what is over later', async () => {
    await say('gate', { door: 'open', granted: false });
    await until(({ pending }) => pending === 0);
    pass(6_000);
    await until(({ standing }) => standing === 1);
    await say('gate', { door: 'closed', granted: false });
    pass(12_000);
    await until(({ standing }) => standing === 0);
    pass();
    await say('gate', { door: 'open', granted: false });
    await until(({ pending }) => pending === 0);
    pass(6_000);
    await until(({ alarms }) => alarms.waiting === 1);
    await say('gate', { door: 'closed', granted: true });
    pass(12_000);
    await until(({ standing }) => standing === 0);
    await vi.waitUntil(async () => !(await alarmsFile()).includes('"end":null'), patient);
    await cloud.start();
    await until(({ alarms }) => alarms.waiting === 0);
    expect(cloud.alarms).toHaveLength(1);
    expect(cloud.alarms[0]?.end).toBeGreaterThan(cloud.alarms[0]?.detected ?? Infinity);
  });

  it('raises nothing about the past', async () => {
    pass();
    await say('lift', { at: clock.now() - 25 * 3_600_000, trapped: true });
    await say('bin', { at: clock.now() - 23 * 3_600_000, temp_c: 70 });
    await until(({ standing, alarms }) => standing === 2 && alarms.raised === 1);
  });

  it('goes on after a restart, with what it judged and with what it raised', async () => {
    await say('lift', { trapped: true });
    await until(({ standing }) => standing === 1);
    await stop();
    await start();
    await until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await rules()).toMatchObject({ alarms: { raised: 0 } });
    pass();
    await until(({ alarms }) => alarms.raised === 1);
    await stop();
    await start();
    await until(({ pending }) => pending === 0);
    expect(await rules()).toMatchObject({ standing: 1, alarms: { raised: 1, waiting: 1 } });
    await cloud.start();
    await until(({ alarms }) => alarms.waiting === 0);
    expect(cloud.alarms).toHaveLength(1);
  });

  it('judges anew, and raises nothing twice, when its state is damaged', async () => {
    pass();
    await say('lift', { trapped: true });
    await until(({ alarms }) => alarms.raised === 1);
    await stop();
    await writeFile(path.join(directory, 'edge', 'rules.state'), 'damaged');
    await start();
    await until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await rules()).toMatchObject({ alarms: { raised: 1 } });
  });

  it('lets the journal go on whatever is in it', async () => {
    await say('bin', { fill_pct: 10 });
    await until(({ pending }) => pending === 0);
    await cloud.start();
    await vi.waitUntil(() => cloud.readings.length > 0, patient);
    await stop();
    const state = await readFile(path.join(directory, 'edge', 'journal', 'state.json'), 'utf8');
    const { positions } = JSON.parse(state.split('\n')[0] ?? '');
    expect(positions.rules).toBe(1);
  });
});

describe('in the middle of a backlog', () => {
  it('raises at once, for the cloud is busy with what is long past', async () => {
    await start();
    await synced();
    // It takes nothing more, so that what comes from now on waits.
    cloud.mood = () => 'lose';
    await say('bin', { fill_pct: 10 });
    await until(({ pending }) => pending === 0);
    pass();
    await until(({ unconfirmedMs }) => unconfirmedMs >= actsAfterMs);
    await say('lift', { trapped: true });
    await vi.waitUntil(() => cloud.alarms.length > 0, patient);
    expect(cloud.frames.flatMap(({ readings }) => readings)).toEqual([]);
    expect(await rules()).toMatchObject({ alarms: { raised: 1 } });
  });
});
