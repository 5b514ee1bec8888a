import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge } from '../testing.ts';

const hour = 3_600_000;

let remove: () => Promise<void>;
let rigged: Rigged;
let client: MqttClient;
let cloud: FakeCloud;
let passed: number;
/** Of the wall clock alone. */
let ahead: number;
let cookie: string;

const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + passed + ahead,
  monotonic: () => systemClock.monotonic() + passed,
};

beforeEach(async () => {
  const folder = await scratch();
  remove = folder.remove;
  passed = 0;
  ahead = 0;
  cloud = new FakeCloud();
  const uplinkUrl = await cloud.start();
  rigged = await startEdge(folder.directory, { uplinkUrl }, { clock });
  client = await device(rigged.url);
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const body = new URLSearchParams({ code: rigged.code });
  const answer = await fetch(`${origin}/code`, {
    ...{ method: 'POST', body, headers: { origin }, redirect: 'manual' },
  });
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterEach(async () => {
  await client.endAsync(true);
  await rigged.edge.stop();
  await cloud.stop();
  await remove();
});

async function page(language = 'en'): Promise<string> {
  const headers = { cookie, 'accept-language': language };
  const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/`, { headers });
  return (await answer.text())
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#39;', "'");
}

const publish = (at: number | undefined, value: number) =>
  client.publishAsync('caretaker/hall', JSON.stringify({ at, temp_c: value }), { qos: 1 });

it('says which assets no longer speak, and how long they have not', async () => {
  expect(await page()).toContain('No asset has spoken since the gateway was started.');
  await publish(undefined, 20);
  expect(await page()).toContain(
    'Assets that have spoken since the gateway was started and still do: 1.',
  );
  passed = 3 * hour;
  const text = await page();
  expect(text).toMatch(/Silent assets .*hall .*3 hours ago/);
  expect(await page('zh')).toMatch(/久未上报的设施 .*3小时前/);
});

it('says whose clock is wrong, the gateway’s first of all', async () => {
  await vi.waitFor(
    async () => expect(await page()).toContain("Machine's clock as the cloud's"),
    patient,
  );
  expect(await page()).toContain('No device that gives its readings a time');
  await publish(clock.now() - 90_000, 20);
  expect(await page()).toMatch(/hall 90 seconds behind their receipt/);
  ahead = 300 * 24 * hour;
  await publish(undefined, 21);
  const text = await page();
  expect(text).toContain('The clock of this machine has jumped, and nobody confirms it.');
  expect(text).toContain("300 days ahead of the cloud's");
  expect(await page('zh')).toContain('本机时钟发生跳变');
});
