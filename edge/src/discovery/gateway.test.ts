import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { patient } from '@caretaker/readings/testing';
import { type DiscoveryEntry, discoveryEntrySchema } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge } from '../testing.ts';

/* A whole gateway: what comes in at its broker, and what its pages and the cloud are told. */

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;
let cloud: FakeCloud;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  rigged = await startEdge(directory, { uplinkUrl: await cloud.start() });
});
afterEach(async () => {
  await rigged.edge.stop();
  await cloud.stop();
  await remove();
});

const eui = '24e124136b502217';
const uplink = {
  deduplicationId: '0f1b6a7e-0000-4000-8000-000000000001',
  time: '2026-11-28T20:00:00.000+00:00',
  deviceInfo: { applicationId: '7', deviceName: 'Bin 3', devEui: eui, tags: {} },
  ...{ fCnt: 12, fPort: 85 },
  object: { battery: 92, temperature: 25.7, distance: 2_116, position: 'normal' },
  rxInfo: [{ gatewayId: '0016c001f1500000', rssi: -97, snr: 6.5 }],
};

const answerSchema = z.object({ entries: z.array(discoveryEntrySchema), missed: z.number() });

async function listed(): Promise<DiscoveryEntry[]> {
  const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/discovery`, {
    headers: { authorization: `Bearer ${rigged.token}` },
  });
  return answerSchema.parse(await answer.json()).entries;
}

async function signIn(): Promise<string> {
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const body = new URLSearchParams({ code: rigged.code });
  const sent = { method: 'POST', body, headers: { origin }, redirect: 'manual' } as const;
  return (await fetch(`${origin}/code`, sent)).headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function page(cookie: string, language = 'en'): Promise<string> {
  const url = `http://127.0.0.1:${rigged.httpPort}/new-devices`;
  return (await fetch(url, { headers: { cookie, 'accept-language': language } })).text();
}

describe.runIf(installed)('an unmapped uplink that a client of Mosquitto publishes', () => {
  it('is listed with the preset of its model, and told to the cloud', async () => {
    await run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(rigged.mqttPort), '-q', '1'],
      ...['-t', `application/7/device/${eui}/event/up`, '-m', JSON.stringify(uplink)],
    ]);
    const [entry, ...others] = await listed();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...{ format: 'chirpstack', device: eui, name: 'Bin 3', count: 1 },
      suggestion: {
        ...{ preset: 'milesight/em400-mud', kind: 'bin' },
        assets: [
          { id: 'bin-3', name: 'Bin 3', kind: 'bin', touchpoint: 'TP23' },
          { id: 'bin-3-sensor', kind: 'device' },
        ],
        mappings: [{ format: 'chirpstack', device: eui, asset: 'bin-3', node: 'bin-3-sensor' }],
      },
    });
    await vi.waitFor(() => {
      const told = cloud.statuses.flatMap((one) => (one.type === 'discovery' ? one.entries : []));
      expect(told).toMatchObject([{ id: entry?.id, device: eui }]);
    }, patient);
  });
});

describe('the page of new devices', () => {
  it('says so when there are none, in both languages', async () => {
    const cookie = await signIn();
    expect(await page(cookie)).toContain('None. Every device that talks is mapped.');
    expect(await page(cookie, 'zh-CN')).toContain('所有发送消息的设备均已映射');
    const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/discovery`);
    expect(answer.status).toBe(401);
  });

  it('shows what devices said as text, with YAML to paste, and ignores what it is told to', async () => {
    const client = await device(rigged.url);
    const hostile = JSON.stringify({ contact: true, '<script>alert(1)</script>': '"><b>' });
    await client.publishAsync('zigbee2mqtt/cellar<i>door', hostile, { qos: 1 });
    await client.endAsync();
    const cookie = await signIn();
    const text = await page(cookie);
    expect(text).toContain('zigbee2mqtt/cellar&lt;i&gt;door');
    expect(text).not.toMatch(/<script>|<i>|"><b>/);
    expect(text).toContain('mappings:');
    expect(text).toContain('asset: cellar-i-door');
    const [entry] = await listed();
    const origin = `http://127.0.0.1:${rigged.httpPort}`;
    const body = new URLSearchParams({ id: entry?.id ?? '', ignored: '1' });
    const sent = { method: 'POST', body, headers: { origin, cookie }, redirect: 'manual' } as const;
    expect((await fetch(`${origin}/new-devices/ignore`, sent)).status).toBe(303);
    expect((await listed())[0]?.ignored).toBe(true);
    expect(await page(cookie)).toContain('List it again');
  });
});

it('a description for Home Assistant is no message of a device', async () => {
  const client = await device(rigged.url);
  const config = { name: 'Gate 1', state_topic: 'plant/g1', device_class: 'door' };
  const topic = 'homeassistant/binary_sensor/gate1/config';
  await client.publishAsync(topic, JSON.stringify(config), { qos: 1, retain: true });
  await client.publishAsync('plant/g1', 'ON', { qos: 1 });
  await client.endAsync();
  const [entry, ...others] = await listed();
  expect([entry?.topic, others]).toEqual(['plant/g1', []]);
  await vi.waitFor(async () => {
    expect((await listed())[0]?.suggestion?.kind).toBe('access-gate');
  }, patient);
});
