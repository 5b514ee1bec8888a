import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadEstate } from '@caretaker/devices/model';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Site, yardText } from '../rules/testing.ts';
import { device } from '../testing.ts';
import type { OutwardConfig } from './index.ts';
import type {
  AlarmEvent,
  ConditionEvent,
  GatewayEvent,
  StateEvent,
  TicketEvent,
} from './messages.ts';
import { ticket } from './testing.ts';

/* Heard by Mosquitto's own client, which shares nothing with the broker's libraries and ours. */

const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_sub')));

const assets = {
  lift: '  - { id: lift, name: lift, kind: lift, touchpoint: TP27, place: Yard, points: [trapped, door] }',
  hall: '  - { id: hall, name: hall, kind: climate, touchpoint: TP01, place: Yard, points: [temp_c] }',
};
const estateOf = (...names: (keyof typeof assets)[]) =>
  loadEstate(yardText(...names.map((name) => assets[name])), 'yard.yaml');

let site: Site;
let listening: ChildProcess | null = null;
/** By topic, each message that was heard. */
let heard: Map<string, string[]>;

beforeEach(async () => {
  heard = new Map();
  site = await Site.open();
});
afterEach(async () => {
  listening?.kill('SIGKILL');
  await site.remove();
});

const discovery = { prefix: 'homeassistant', language: 'en' } as const;

const start = (estate = estateOf('lift', 'hall'), outward: OutwardConfig | null = { discovery }) =>
  site.start({ estate, outward });

/** Hears everything from now on, what is retained first. */
async function listen(): Promise<void> {
  listening?.kill('SIGKILL');
  heard = new Map();
  const mine = heard;
  const where = ['-h', '127.0.0.1', '-p', String(site.rigged.mqttPort), '-V', 'mqttv311'];
  const what = ['-q', '1', '-t', 'ctk-events/#', '-t', 'homeassistant/#'];
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...where, ...what, '-F', '%r %t %p']);
  listening = child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, retained, topic = '', payload = ''] = /^([01]) (\S+) ?(.*)$/.exec(line) ?? [];
    const all = mine.get(topic) ?? [];
    mine.set(topic, [...all, payload]);
    expect(retained).toMatch(/[01]/);
  });
  await newest(`ctk-events/1/yard/gateway/yard-1`);
}

/** The newest message of a topic, once there is one that fits. */
async function newest<T>(topic: string, fits: (said: T) => boolean = () => true): Promise<T> {
  let found: T | null = null;
  await vi.waitFor(() => {
    const last = heard.get(topic)?.at(-1);
    if (last === undefined || last === '') throw new Error(`nothing of ${topic}`);
    const said = JSON.parse(last) as T;
    if (!fits(said)) throw new Error(`${topic}: ${last}`);
    found = said;
  }, patient);
  return found as T;
}

const state = (asset: string, fits?: (said: StateEvent) => boolean) =>
  newest<StateEvent>(`ctk-events/1/yard/state/${asset}`, fits);
const condition = (asset: string, fits?: (said: ConditionEvent) => boolean) =>
  newest<ConditionEvent>(`ctk-events/1/yard/condition/${asset}`, fits);

const digests = () => site.cloud.statuses.flatMap((one) => ('tickets' in one ? [one.tickets] : []));

describe.skipIf(!installed)("what a gateway publishes, by Mosquitto's client", () => {
  it('is what each metric is, from the disk, and what is wrong, as it changes', async () => {
    await start();
    await listen();
    expect(await state('hall')).toMatchObject({
      asset: 'hall',
      metrics: { temp_c: { value: null, at: null, silent: false } },
    });
    await site.say('hall', { at: 1_700_000_000_000, temp_c: 20 });
    await site.say('hall', { temp_c: 21.5 });
    const { metrics } = await state('hall', ({ metrics }) => metrics.temp_c?.value === 21.5);
    expect(metrics.temp_c?.silent).toBe(false);
    expect(await condition('lift')).toMatchObject({ breaches: [], tickets: [] });
    await site.say('lift', { trapped: true });
    const { breaches } = await condition('lift', (said) => said.breaches.length > 0);
    const why = { en: expect.any(String), zh: expect.any(String) };
    expect(breaches).toMatchObject([
      { rule: 'lift-trapped', item: 'TP27-S1', severity: 'emergency', why },
    ]);
    await site.say('lift', { trapped: false });
    // The rule wants it to stay so for a while.
    site.pass(40_000);
    site.cloud.ahead = site.ahead;
    await condition('lift', (said) => said.breaches.length === 0);
    // Nothing of it went the way of what a device says.
    expect((await site.status()).ingest.messages).toBe(4);
    expect((await site.status()).quarantine.total).toBe(0);
  });

  it('is an alarm when the gateway acts by itself, with what it did, and when it is over', async () => {
    await start();
    await listen();
    const connected = (said: GatewayEvent) => said.cloud.connected;
    await newest('ctk-events/1/yard/gateway/yard-1', connected);
    await site.cloud.stop();
    await site.say('lift', { trapped: true });
    await condition('lift', (said) => said.breaches.length > 0);
    site.pass(31_000);
    const topic = 'ctk-events/1/yard/alarm/lift/lift-trapped';
    const raised = await newest<AlarmEvent>(topic);
    expect(raised).toMatchObject({ asset: 'lift', item: 'TP27-S1', end: null, actions: [] });
    await site.say('lift', { trapped: false });
    site.pass(40_000);
    await newest<AlarmEvent>(topic, ({ end }) => end !== null);
    await listen();
    expect(heard.has(topic)).toBe(false);
  });

  it('is there for who comes later, after a restart too, and says goodbye', async () => {
    await start();
    await site.say('hall', { temp_c: 18 });
    await listen();
    await state('hall', ({ metrics }) => metrics.temp_c?.value === 18);
    await vi.waitFor(() => expect(digests().length).toBeGreaterThan(0), patient);
    await site.stop();
    const last = heard.get('ctk-events/1/yard/gateway/yard-1')?.at(-1);
    expect(JSON.parse(last ?? '')).toMatchObject({ state: 'offline', cloud: { connected: false } });
    await start();
    await listen();
    await state('hall', ({ metrics }) => metrics.temp_c?.value === 18);
    const gateway = await newest<GatewayEvent>(
      'ctk-events/1/yard/gateway/yard-1',
      (said) => said.cloud.connected,
    );
    expect(gateway).toMatchObject({ gateway: 'yard-1', state: 'online' });
  });

  it('is found again in the journal when the process was killed before it kept anything', async () => {
    await start();
    await site.say('hall', { temp_c: 18 });
    await listen();
    await state('hall', ({ metrics }) => metrics.temp_c?.value === 18);
    await site.stop();
    await rm(path.join(site.directory, 'edge', 'outward.json'));
    await start();
    await listen();
    await state('hall', ({ metrics }) => metrics.temp_c?.value === 18);
  });

  it('has the tickets that the cloud tells of, while they are open, and is asked for all after a break', async () => {
    await start();
    await listen();
    await vi.waitFor(() => expect(digests().length).toBeGreaterThan(0), patient);
    site.cloud.ack({ type: 'tickets', all: true, tickets: [ticket(7), ticket(8)] });
    const topic = 'ctk-events/1/yard/ticket/7';
    expect(await newest<TicketEvent>(topic)).toMatchObject({
      ...{ id: 7, ref: 'CT-1007', asset: 'hall', priority: 'P2', open: true },
    });
    await condition('hall', ({ tickets }) => tickets.join() === '7,8');
    const known = digests().at(-1);
    await vi.waitFor(() => expect(digests().at(-1)).not.toBe(known), patient);
    const both = digests().at(-1);
    await site.stop();
    await start();
    await listen();
    await newest<TicketEvent>(topic);
    await vi.waitFor(() => expect(digests().at(-1)).toBe(both), patient);
    site.cloud.ack({ type: 'tickets', all: false, tickets: [ticket(7, 1, false)] });
    await vi.waitFor(() => expect(heard.get(topic)?.at(-1)).toBe(''), patient);
    expect(JSON.parse(heard.get(topic)?.at(-2) ?? '')).toMatchObject({
      state: 'closed',
      open: false,
    });
    await condition('hall', ({ tickets }) => tickets.join() === '8');
    await listen();
    await newest<TicketEvent>('ctk-events/1/yard/ticket/8');
    expect(heard.has(topic)).toBe(false);
  });

  it('tells Home Assistant of the assets, and takes back those that are no more', async () => {
    const topic = (asset: string) => `homeassistant/device/ctk_yard-1_${asset}/config`;
    await start();
    await listen();
    expect(await newest(topic('hall'))).toMatchObject({
      device: { identifiers: ['ctk_yard_hall'] },
    });
    await newest(topic('lift'));
    await site.stop();
    await start(estateOf('lift'));
    await listen();
    await newest(topic('lift'));
    await condition('lift');
    expect([...heard.keys()].filter((one) => one.includes('hall'))).toEqual([]);
    await site.stop();
    await start(estateOf('lift'), { discovery: null });
    await listen();
    await condition('lift');
    expect([...heard.keys()].filter((one) => one.startsWith('homeassistant'))).toEqual([]);
  });

  it('is nothing when it is switched off', async () => {
    await start(undefined, null);
    await site.say('hall', { temp_c: 18 });
    const every = await device(site.rigged.url);
    const topics: string[] = [];
    every.on('message', (topic) => topics.push(topic));
    await every.subscribeAsync('#');
    await site.say('hall', { temp_c: 19 });
    await vi.waitFor(() => expect(topics).toEqual(['caretaker/hall']), patient);
    await every.endAsync(true);
    expect(digests()).toEqual([]);
  });
});
