import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf, newPepper, newSecret } from '../access/secret.ts';
import { CredentialStore } from '../access/store.ts';
import { scratch } from '../journal/testing.ts';
import { actsAfterMs } from '../rules/index.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf, testEstateText } from '../testing.ts';
import { bundle, grownEstate, pinned } from './testing.ts';

const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged;
let child: ChildProcess | null = null;
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
  await pinned(directory);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = null;
  await rigged.edge.stop();
  await cloud.stop();
  await remove();
});

const status = () => statusOf(rigged);
const until = (check: (now: Awaited<ReturnType<typeof status>>) => boolean) =>
  vi.waitUntil(async () => check(await status()), patient);

async function start(config: Parameters<typeof startEdge>[1] = {}): Promise<void> {
  rigged = await startEdge(directory, { uplinkUrl, ...config }, { clock });
  await until(({ uplink }) => uplink.connected);
}

async function send(message: string): Promise<void> {
  const before = cloud.bundles.length;
  cloud.configure(message);
  await vi.waitUntil(() => cloud.bundles.length > before, patient);
  expect(cloud.bundles.at(-1)).toMatchObject({ result: 'applied' });
}

describe.skipIf(!installed)('a device that is connected while the configuration changes', () => {
  it('keeps its connection, and loses no reading of those before, during and after', async () => {
    await start();
    const where = ['-h', '127.0.0.1', '-p', String(rigged.mqttPort), '-q', '1'];
    const pub = spawn('mosquitto_pub', [...where, '-t', 'caretaker/hall', '-l', '-d']);
    child = pub;
    let said = '';
    for (const stream of [pub.stdout, pub.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    let sent = 0;
    /** One line is one message with two values; the second is of a point that is not there yet. */
    const say = (count: number) => {
      for (let n = 0; n < count; n += 1) {
        sent += 1;
        pub.stdin.write(
          `${JSON.stringify({ at: 1_780_000_000_000 + sent, temp_c: sent / 1_000, humidity_pct: 50 })}\n`,
        );
      }
    };
    const came = () => until(({ ingest }) => ingest.messages === sent);
    say(200);
    await came();
    const text = testEstateText().replace('[temp_c]', '[temp_c, humidity_pct]');
    const estate = loadEstate(text, 'yard.yaml');
    say(500);
    await send(await bundle(1, { estate }));
    const applied = sent;
    say(300);
    await came();
    pub.stdin.end();
    await once(pub, 'close');
    expect(said.match(/sending CONNECT/g)).toHaveLength(1);
    await vi.waitUntil(
      () => cloud.readings.filter(({ point }) => point === 'hall/temp_c').length >= sent,
      patient,
    );
    const values = (point: string) =>
      cloud.readings.filter((one) => one.point === point).map(({ at }) => at - 1_780_000_000_000);
    expect(values('hall/temp_c')).toEqual(Array.from({ length: sent }, (_, n) => n + 1));
    const humid = values('hall/humidity_pct');
    // Of the new point all from one message on, and those before are in quarantine, each once.
    expect(humid).toEqual(
      Array.from({ length: humid.length }, (_, n) => sent - humid.length + n + 1),
    );
    expect(humid[0]).toBeLessThanOrEqual(applied + 1);
    expect((await status()).quarantine.total).toBe(sent - humid.length);
  });
});

describe('local rules', () => {
  const lift = (...more: [string, string, string][]) =>
    grownEstate(['lift', 'lift', 'trapped, door'], ...more);

  it('find no breach twice that stands, and raise no alarm twice, when the estate changes', async () => {
    await start({ estate: lift() });
    const client = await device(rigged.url);
    await cloud.stop();
    await client.publishAsync('caretaker/lift', '{"trapped":true}', { qos: 1 });
    await until(({ rules }) => rules?.standing === 1);
    ahead += actsAfterMs + 1_000;
    await until(({ rules }) => rules?.alarms.raised === 1);
    await cloud.start();
    await until(({ uplink }) => uplink.connected);
    await send(await bundle(1, { estate: lift(['lift-2', 'lift', 'trapped']) }));
    expect((await status()).rules).toMatchObject({ standing: 1, alarms: { raised: 1 } });
    await cloud.stop();
    await client.publishAsync('caretaker/lift-2', '{"trapped":true}', { qos: 1 });
    await until(({ rules }) => rules?.standing === 2);
    ahead += actsAfterMs + 1_000;
    await until(({ rules }) => rules?.alarms.raised === 2);
    await client.publishAsync('caretaker/lift', '{"trapped":false}', { qos: 1 });
    await client.endAsync();
    await until(({ rules }) => rules?.pending === 0);
    expect((await status()).rules).toMatchObject({ alarms: { raised: 2 } });
  });

  it('forget what is not there any more', async () => {
    await start({ estate: lift() });
    const client = await device(rigged.url);
    await client.publishAsync('caretaker/lift', '{"trapped":true}', { qos: 1 });
    await until(({ rules }) => rules?.standing === 1);
    await send(await bundle(1));
    expect((await status()).rules).toMatchObject({ standing: 0, failures: 0 });
    await client.publishAsync('caretaker/hall', '{"temp_c":20}', { qos: 1 });
    await until(({ rules }) => rules?.pending === 0);
    await client.endAsync();
  });
});

describe('credentials of the cloud', () => {
  const given = (id: string, secret: string, more: object) => {
    const salt = newPepper();
    return { id, salt, hash: digestOf(salt, id, secret), created: 1, ...more };
  };
  const hall = { kind: 'device', assets: ['hall'] } as const;

  it('let in beside the own ones, do not replace one of these, and end with the next configuration', async () => {
    const data = path.join(directory, 'edge');
    const own = await new CredentialStore({ directory: data, clock }).add('own', hall, 1);
    await start({ anonymous: false });
    const [secret, stolen] = [newSecret(), newSecret()];
    const credentials = [
      given('bin', secret, { ...hall, assets: ['bin'] }),
      given('own', stolen, hall),
    ];
    const as = (username: string, password: string) =>
      device(rigged.url, { username, password, reconnectPeriod: 0 });
    await expect(as('bin', secret)).rejects.toThrow();
    await send(await bundle(1, { credentials }));
    const bin = await as('bin', secret);
    const mine = await as('own', own.secret);
    await expect(as('own', stolen)).rejects.toThrow();
    await expect(as('bin', stolen)).rejects.toThrow();
    await bin.publishAsync('caretaker/bin', '{"fill_pct":20}', { qos: 1 });
    // Of another asset: goes nowhere.
    await bin.publishAsync('caretaker/hall', '{"temp_c":20}', { qos: 1 });
    expect(await status()).toMatchObject({
      ingest: { readings: 1 },
      configuration: { shadowed: ['own'] },
    });
    const told = () =>
      cloud.statuses.findLast((one) => one.type === 'credentials')?.entries.map(({ id }) => id);
    await vi.waitFor(() => expect(told()).toEqual(['own', 'bin']), patient);
    const closed = new Promise<void>((done) => bin.once('close', () => done()));
    await send(await bundle(2));
    await closed;
    expect(mine.connected).toBe(true);
    await mine.endAsync();
  });
});
