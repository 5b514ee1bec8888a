import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { newBundleKey } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { examine } from '../doctor/index.ts';
import { scratch } from '../journal/testing.ts';
import { FakeCloud, type Rigged, startEdge, testEstateText } from '../testing.ts';
import { estateInForce } from './index.ts';
import { bundle, grownEstate, pinned } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let env: Record<string, string>;
let rigged: Rigged;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  const estate = path.join(directory, 'yard.yaml');
  await writeFile(estate, testEstateText());
  await pinned(directory);
  const uplinkUrl = await cloud.start();
  rigged = await startEdge(directory, { uplinkUrl });
  env = {
    CARETAKER_DATA: directory,
    CARETAKER_ESTATE: estate,
    CARETAKER_UPLINK_URL: uplinkUrl,
    CARETAKER_EDGE_HTTP_PORT: String(rigged.httpPort),
  };
  await vi.waitUntil(() => cloud.statuses.length > 0, patient);
});
afterEach(async () => {
  await rigged.edge.stop();
  await cloud.stop();
  await remove();
});

async function send(message: string): Promise<void> {
  const before = cloud.bundles.length;
  cloud.configure(message);
  await vi.waitUntil(() => cloud.bundles.length > before, patient);
}

/** The text of the gateway's page. */
async function page(cookie: string, language: string): Promise<string> {
  const headers = { cookie, 'accept-language': language };
  const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/`, { headers });
  return (await answer.text()).replaceAll(/<[^>]*>/g, '');
}

async function signedIn(): Promise<string> {
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const body = new URLSearchParams({ code: rigged.code });
  const init = { method: 'POST', body, headers: { origin }, redirect: 'manual' } as const;
  const answer = await fetch(`${origin}/code`, init);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function findings(): Promise<Record<string, string>> {
  const found = await examine(env, systemClock);
  return Object.fromEntries(found.map(({ code, state }) => [code, state]));
}

it('is told to a person who looks at the gateway what is in force and what was refused', async () => {
  const cookie = await signedIn();
  expect(await page(cookie, 'en')).toContain('its own settings');
  expect(await findings()).toMatchObject({ CONFIGURATION_OWN: 'ok' });
  await send(await bundle(4));
  expect(await page(cookie, 'en')).toMatch(/version 4 of the cloud, of \d/);
  await send(await bundle(5, {}, newBundleKey()));
  const english = await page(cookie, 'en');
  expect(english).toMatch(/version 4 of the cloud/);
  expect(english).toMatch(/was not put in force[\s\S]*\[READINGS_BUNDLE_KEY_UNKNOWN\]/);
  expect(await page(cookie, 'zh')).toMatch(/云端下发的配置未生效[\s\S]*云端第 4 版/);
  expect(await findings()).toMatchObject({
    CONFIGURATION_OF_CLOUD: 'ok',
    READINGS_BUNDLE_KEY_UNKNOWN: 'warn',
  });
  expect(await findings()).not.toHaveProperty('FILE_NOT_PRIVATE');
});

it('is told of a gateway that is stopped what it would begin with', async () => {
  const estate = grownEstate(['pump', 'climate', 'temp_c']);
  await send(await bundle(1, { estate }));
  await send(await bundle(2));
  await rigged.edge.stop();
  expect(await findings()).toMatchObject({ CONFIGURATION_OF_CLOUD: 'ok' });
  await writeFile(path.join(directory, 'edge', 'bundle.json'), 'half');
  expect(await findings()).toMatchObject({
    CONFIGURATION_OF_CLOUD: 'ok',
    EDGE_BUNDLE_DAMAGED: 'warn',
  });
  // So the command line names assets that the file does not know.
  const settings = {
    dataDirectory: path.join(directory, 'edge'),
    gateway: 'yard-1',
    estate: grownEstate(),
  };
  expect((await estateInForce(settings, systemClock)).assets.at(-1)?.id).toBe('pump');
  await writeFile(path.join(directory, 'edge', 'bundle-previous.json'), '');
  expect(await estateInForce(settings, systemClock)).toBe(settings.estate);
});
