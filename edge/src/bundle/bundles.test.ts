import { createPrivateKey, sign } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { type Log, silentLog } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { bundleKeyId, bundleLimits, newBundleKey } from '@caretaker/readings/uplink';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf } from '../testing.ts';
import { bundle, cloudKey, grownEstate, pinned } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged | null = null;
let client: MqttClient | null = null;
const logged: string[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  uplinkUrl = await cloud.start();
  logged.length = 0;
  await pinned(directory);
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function start(): Promise<void> {
  const note = (fields: Record<string, unknown>) => void logged.push(String(fields.code));
  const log: Log = { ...silentLog, error: note, child: () => log };
  rigged = await startEdge(directory, { uplinkUrl }, { log });
  client = await device(rigged.url, { reconnectPeriod: 0 });
}

async function stop(): Promise<void> {
  await client?.endAsync(true);
  client = null;
  await rigged?.edge.stop();
  rigged = null;
}

const status = () => statusOf(rigged as Rigged);
const synced = () => vi.waitUntil(async () => (await status()).uplink.connected, patient);
const file = (name: string) => path.join(directory, 'edge', name);
const pump = grownEstate(['pump', 'climate', 'temp_c']);
/** Sends a configuration and waits for what the gateway says to it. */
async function send(message: string | Buffer) {
  const before = cloud.bundles.length;
  cloud.configure(message);
  await vi.waitUntil(() => cloud.bundles.length > before, patient);
  return cloud.bundles.at(-1);
}
/** @returns how many readings the gateway keeps of it */
async function say(asset: string, values: object = { temp_c: 20 }): Promise<number> {
  const { readings } = (await status()).ingest;
  await client?.publishAsync(`caretaker/${asset}`, JSON.stringify(values), { qos: 1 });
  return (await status()).ingest.readings - readings;
}

describe('a configuration of the cloud', () => {
  it('is put in force while devices stay connected, kept, and told', async () => {
    await start();
    await synced();
    expect(cloud.statuses[0]).toMatchObject({ type: 'hello', bundle: null });
    expect(await say('pump')).toBe(0);
    expect(await send(await bundle(3, { estate: pump }))).toMatchObject({
      version: 3,
      result: 'applied',
    });
    expect(await say('pump')).toBe(1);
    expect(client?.connected).toBe(true);
    expect(await status()).toMatchObject({
      broker: { clients: 1, cutOff: 0 },
      configuration: { source: 'cloud', version: 3, issued: 1_780_000_000_003, applied: 1 },
    });
    await stop();
    await cloud.stop();
    // Without its cloud.
    await start();
    expect(await status()).toMatchObject({ configuration: { source: 'cloud', version: 3 } });
    expect(await say('pump')).toBe(1);
    cloud.statuses.length = 0;
    await cloud.start();
    await vi.waitUntil(() => cloud.statuses.length > 0, patient);
    expect(cloud.statuses[0]).toMatchObject({ type: 'hello', bundle: 3 });
  });

  it('that comes a second time is in force as before', async () => {
    await start();
    await synced();
    const message = await bundle(3, { estate: pump });
    await send(message);
    expect(await send(message)).toMatchObject({ version: 3, result: 'applied' });
    expect((await status()).configuration).toMatchObject({ applied: 1, notApplied: null });
  });

  it('takes away what is not in it any more', async () => {
    await start();
    await synced();
    await send(await bundle(1, { estate: pump }));
    expect(await say('pump')).toBe(1);
    await send(await bundle(2));
    expect(await say('pump')).toBe(0);
    expect(await say('hall')).toBe(1);
  });

  it('of a cloud that was set up anew counts from its own beginning', async () => {
    await start();
    await synced();
    await send(await bundle(9));
    const next = newBundleKey();
    expect(await send(await bundle(1, { estate: pump }, next))).toMatchObject({
      code: 'READINGS_BUNDLE_KEY_UNKNOWN',
    });
    // What an enrolment does.
    await pinned(directory, next.publicKey);
    expect(await send(await bundle(1, { estate: pump }, next))).toMatchObject({
      result: 'applied',
    });
  });
});

describe('a configuration that is refused', () => {
  /** The same bytes as the cloud makes, signed by it. */
  const signed = (packed: Buffer) =>
    JSON.stringify({
      type: 'bundle',
      key: bundleKeyId(cloudKey.publicKey),
      signed: packed.toString('base64'),
      signature: sign(
        null,
        Buffer.concat([Buffer.from('caretaker bundle\n'), packed]),
        createPrivateKey(cloudKey.privateKey),
      ).toString('base64url'),
    });
  const broken = () => {
    const estate = JSON.parse(JSON.stringify(pump));
    estate.assets[0].kind = 'rocket';
    estate.assets[1].points[0].metric = 'colour';
    return estate;
  };
  const forged = async () => {
    const [message, other] = await Promise.all([bundle(6), bundle(7, { estate: pump })]);
    return JSON.stringify({ ...JSON.parse(other), signature: JSON.parse(message).signature });
  };
  const standard = {
    version: 'a1b2c3d4e5f6',
    content: '{"groups":[],"touchpoints":[],"items":[]}',
  };
  const cases: readonly [string, string, number | null, () => Promise<string> | string][] = [
    ['is nonsense', 'READINGS_BUNDLE_MALFORMED', null, () => 'nonsense'],
    ['is forged', 'READINGS_BUNDLE_FORGED', null, forged],
    [
      'is of another key',
      'READINGS_BUNDLE_KEY_UNKNOWN',
      null,
      () => bundle(7, { estate: pump }, newBundleKey()),
    ],
    ['is older', 'EDGE_BUNDLE_OLD', 4, () => bundle(4, { estate: pump })],
    [
      'has the same version and another content',
      'EDGE_BUNDLE_OLD',
      5,
      () => bundle(5, { estate: pump }),
    ],
    [
      'is for another gateway',
      'EDGE_BUNDLE_FOREIGN',
      7,
      () => bundle(7, { gateway: 'yard-2', estate: pump }),
    ],
    [
      'is of another estate',
      'EDGE_BUNDLE_ESTATE',
      7,
      () =>
        bundle(7, {
          estate: JSON.parse(
            JSON.stringify(pump).replaceAll('"yard', '"park').replaceAll('park-1', 'yard-1'),
          ),
        }),
    ],
    [
      'has a newer format',
      'DEVICES_BUNDLE_INVALID',
      7,
      () => bundle(7, { format: 2, estate: pump }),
    ],
    ['has faults', 'DEVICES_BUNDLE_INVALID', 7, () => bundle(7, { estate: broken() })],
    [
      'has a damaged standard',
      'EDGE_BUNDLE_STANDARD',
      7,
      () => bundle(7, { estate: pump, standard }),
    ],
    [
      'gives what nobody can own',
      'EDGE_CREDENTIALS',
      7,
      () =>
        bundle(7, {
          estate: pump,
          credentials: [
            {
              id: 'b',
              kind: 'bridge',
              prefix: 'ctk',
              salt: '0'.repeat(64),
              hash: '0'.repeat(64),
              created: 1,
            },
          ],
        }),
    ],
    [
      'would fill the memory',
      'READINGS_BUNDLE_TOO_LARGE',
      null,
      () => signed(zstdCompressSync(Buffer.alloc(bundleLimits.payloadBytes + 1, 0x20))),
    ],
  ];

  beforeEach(async () => {
    await start();
    await synced();
    await send(await bundle(5));
  });

  it.each(cases)('because it %s changes nothing and is told', async (_why, code, version, make) => {
    const files = async () => {
      const names = (await readdir(file(''))).filter((name) => name.startsWith('bundle'));
      return Promise.all(names.map(async (name) => [name, await readFile(file(name), 'utf8')]));
    };
    const before = await files();
    expect(await send(await make())).toMatchObject({ version, result: 'refused', code });
    expect(await files()).toEqual(before);
    expect((await status()).configuration).toMatchObject({
      ...{ source: 'cloud', version: 5, applied: 1, refused: 1 },
      notApplied: { code, result: 'refused', version },
    });
    expect(logged).toContain(code);
    expect(await say('pump')).toBe(0);
    expect(await say('hall')).toBe(1);
    // Until one that is good is in force.
    expect(await send(await bundle(8, { estate: pump }))).toMatchObject({ result: 'applied' });
    expect((await status()).configuration).toMatchObject({ version: 8, notApplied: null });
  });

  it('has all its faults told', async () => {
    const told = await send(await bundle(7, { estate: broken() }));
    expect(told?.message).toMatch(/assets\[0\]\.kind[\s\S]*assets\[1\]\.points\[0\]/);
    const page = await fetch(`http://127.0.0.1:${rigged?.httpPort}/metrics`, {
      headers: { authorization: `Bearer ${rigged?.token}` },
    });
    expect(await page.text()).toMatch(
      /caretaker_edge_bundle_good 0\n[\s\S]*bundles_refused_total 1\n/,
    );
  });
});

describe('what is kept of the cloud', () => {
  const restarted = async () => {
    await stop();
    await start();
    return (await status()).configuration;
  };
  const older = grownEstate(['old', 'climate', 'temp_c']);

  beforeEach(async () => {
    await start();
    await synced();
    await send(await bundle(1, { estate: older }));
    await send(await bundle(2, { estate: pump }));
    await stop();
    await cloud.stop();
    await start();
  });

  it('goes back to the one before the last, then to the settings, and says so', async () => {
    const last = await readFile(file('bundle.json'), 'utf8');
    await writeFile(file('bundle.json'), last.slice(0, last.length / 2));
    expect(await restarted()).toMatchObject({
      ...{ source: 'cloud-previous', version: 1 },
      trouble: { code: 'EDGE_BUNDLE_DAMAGED' },
    });
    expect([await say('old'), await say('pump')]).toEqual([1, 0]);
    expect(logged).toContain('READINGS_BUNDLE_MALFORMED');
    await writeFile(file('bundle-previous.json'), '');
    expect(await restarted()).toMatchObject({
      ...{ source: 'settings', version: null },
      trouble: { code: 'EDGE_BUNDLE_DAMAGED' },
    });
    expect([await say('old'), await say('pump'), await say('hall')]).toEqual([0, 0, 1]);
    // What the cloud then sends mends it; the good one before is not lost to the damaged one.
    await writeFile(file('bundle-previous.json'), last);
    expect(await restarted()).toMatchObject({ source: 'cloud-previous', version: 2 });
    await cloud.start();
    await synced();
    expect(await send(await bundle(3))).toMatchObject({ result: 'applied' });
    expect((await status()).configuration).toMatchObject({ source: 'cloud', trouble: null });
    expect(await readFile(file('bundle-previous.json'), 'utf8')).toBe(last);
  });

  it('is passed over when the disk does not give it', async () => {
    await rm(file('bundle.json'));
    await mkdir(file('bundle.json'));
    expect(await restarted()).toMatchObject({ source: 'cloud-previous', version: 1 });
  });

  it('is not taken from anybody who is not the cloud that it enrolled with', async () => {
    await pinned(directory, newBundleKey().publicKey);
    expect(await restarted()).toMatchObject({ source: 'settings', version: null });
    await rm(file('bundle-key.json'));
    expect(await restarted()).toMatchObject({ source: 'settings', version: null });
  });

  it('survives a crash at any instant of its writing', async () => {
    const [last, previous, next] = await Promise.all([
      readFile(file('bundle.json'), 'utf8'),
      readFile(file('bundle-previous.json'), 'utf8'),
      bundle(3, { estate: pump }),
    ]);
    /** Content of `bundle.json`, of `bundle-previous.json` and of a half-written draft, and what counts then. */
    const instants: [string, string, string, number][] = [
      [last, previous, last.slice(0, 100), 2],
      [last, last, '', 2],
      [last, last, next.slice(0, 100), 2],
      [last, last, next, 2],
      [next, last, '', 3],
    ];
    for (const [main, before, draft, version] of instants) {
      await stop();
      await writeFile(file('bundle.json'), main);
      await writeFile(file('bundle-previous.json'), before);
      await writeFile(file('bundle.json.tmp'), draft);
      await start();
      expect((await status()).configuration).toMatchObject({ source: 'cloud', version });
      expect(await say('pump')).toBe(1);
    }
  });

  it('stays in force when a new one cannot be kept', async () => {
    await rm(file('bundle.json'));
    await mkdir(path.join(file('bundle.json'), 'in-the-way'), { recursive: true });
    await cloud.start();
    await synced();
    expect(await send(await bundle(3, { estate: older }))).toMatchObject({
      ...{ version: 3, result: 'rolled-back', code: 'EDGE_BUNDLE_ROLLED_BACK' },
    });
    expect([await say('old'), await say('pump')]).toEqual([0, 1]);
    expect((await status()).configuration).toMatchObject({ version: 2, source: 'cloud' });
  });
});
