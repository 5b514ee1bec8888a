import { deviceDigest } from '@caretaker/readings/secrets';
import { patient } from '@caretaker/readings/testing';
import { parseStandard } from '@caretaker/standards';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloudCredential } from '../contract/index.ts';
import { scripts } from './cloud.ts';
import { ConfiguredCloud, type Settings } from './configured-cloud.ts';
import { full, hot } from './standard.ts';

/** What must hold of the configurations of gateways. @param settings of the database */
export function bundleSuite(name: string, settings: () => Promise<Settings>): void {
  describe(`the configuration of a gateway, on ${name}`, () => {
    let bench: ConfiguredCloud;
    beforeEach(async () => {
      bench = await ConfiguredCloud.start(await settings());
    });
    afterEach(() => bench.remove());
    making(() => bench);
    hostile(() => bench);
    answering(() => bench);
    credentials(() => bench);
  });
}

function making(bench: () => ConfiguredCloud): void {
  it('is signed, holds what is in force, and is made anew only when that changes', async () => {
    const { gateway } = bench();
    await gateway.hello(0, 1, null);
    const first = await bench().bundle(1);
    expect(first).toMatchObject({ gateway: 'court-1', version: 1, estate: { id: 'court' } });
    expect(first.estate.assets.map(({ id }) => id)).toEqual(['bin-1', 'bin-2', 'lift-1']);
    const { version, content } = first.standard ?? { version: '', content: '' };
    expect(parseStandard(content, version).items.map(({ id }) => id)).toEqual([
      'TP23-S1',
      'TP23-S2',
    ]);
    await bench().answer(1, 'applied');
    expect(await bench().shown()).toMatchObject({ version: 1, running: 1, able: true });
    const at = { estate: 'court', asset: 'bin-2', rule: 'hot', reason: 'sun' };
    const put = { ...at, numbers: { limit: 70 } };
    expect((await bench().send('PUT', '/api/standard/overrides', put)).status).toBe(200);
    const second = await bench().bundle(2);
    expect(second.version).toBe(2);
    expect(second.estate.assets[1]?.points[1]?.limits).toEqual({ hot: { limit: 70 } });
    await bench().reload([hot(65), full(80)]);
    const third = await bench().bundle(3);
    expect(third.standard?.version).not.toBe(version);
    await bench().answer(3, 'applied');
    await bench().end();
    await bench().begin();
    await bench().gateway.hello(0, 1, 3);
    await vi.waitFor(async () => expect((await bench().shown())?.running).toBe(3), patient);
    expect(bench().gateway.bundles).toEqual([]);
    expect(await bench().shown()).toMatchObject({ version: 3 });
  });

  it('takes a new asset along, and is numbered behind what a gateway has already', async () => {
    await bench().gateway.hello(0, 1, 7);
    expect((await bench().bundle(1)).version).toBe(8);
    const bin = { id: 'bin-9', name: 'Bin', kind: 'bin', touchpoint: 'TP23', place: 'Yard' };
    const fields = [{ path: 't', metric: 'temp_c' }];
    const mapping = { topic: 'yard/9', format: 'json', asset: 'bin-9', fields };
    const edit = { revision: 1, assets: [{ ...bin, points: ['temp_c'] }], mappings: [mapping] };
    expect((await bench().send('POST', '/api/estates/court/changes', edit)).status).toBe(200);
    const { version, estate } = await bench().bundle(2);
    expect(version).toBe(9);
    expect(estate.assets.at(-1)?.id).toBe('bin-9');
    expect(estate.mappings).toMatchObject([{ topic: 'yard/9', asset: 'bin-9' }]);
  });

  it('is not sent to a gateway that takes none', async () => {
    const { gateway } = bench();
    await gateway.hello(0, 1);
    await vi.waitFor(async () => expect((await bench().shown())?.version).toBe(1), patient);
    await bench().reload([hot(65), full(80)]);
    await vi.waitFor(async () => expect((await bench().shown())?.version).toBe(2), patient);
    expect(await bench().shown()).toMatchObject({ running: null, able: false });
    expect(gateway.bundles).toEqual([]);
  });
}

function hostile(bench: () => ConfiguredCloud): void {
  it('is not numbered behind what a gateway cannot have', async () => {
    const { gateway } = bench();
    await gateway.hello(0, 1, Number.MAX_SAFE_INTEGER);
    expect((await bench().bundle(1)).version).toBe(1);
    const version = Number.MAX_SAFE_INTEGER;
    await gateway.status({ type: 'bundle', at: 1, version, result: 'applied' });
    await bench().reload([hot(65), full(80)]);
    expect((await bench().bundle(2)).version).toBe(2);
    await bench().answer(2, 'applied');
    await bench().end();
    await bench().begin();
    expect(await bench().shown()).toMatchObject({ version: 2, running: 2 });
  });
}

function answering(bench: () => ConfiguredCloud): void {
  it('opens a ticket when the gateway does not take it, until it runs the newest', async () => {
    await bench().gateway.hello(0, 1, null);
    await bench().bundle(1);
    const why = { code: 'DEVICES_BUNDLE_INVALID', message: 'It has one fault.\n  more' };
    await bench().answer(1, 'refused', why);
    expect(await bench().shown()).toMatchObject({ version: 1, running: null, answer: why });
    await vi.waitFor(async () => expect(await bench().tickets('open')).toHaveLength(1), patient);
    const [ticket] = await bench().tickets('open');
    expect(ticket).toMatchObject({ subject: 'court/gateway:court-1', severity: 'medium' });
    expect(ticket?.why.en).toBe(
      'Gateway court-1 refused configuration 1 (DEVICES_BUNDLE_INVALID: It has one fault.).',
    );
    await bench().answer(1, 'rolled-back', { code: 'EDGE_BUNDLE_ROLLED_BACK' });
    expect(await bench().tickets('all')).toHaveLength(1);
    await bench().end();
    await bench().begin();
    await bench().gateway.hello(0, 1, null);
    expect((await bench().bundle(1)).version).toBe(1);
    await bench().answer(1, 'applied');
    await vi.waitFor(async () => expect(await bench().tickets('open')).toEqual([]), patient);
  });

  it('tells of one that is forged or replayed while the gateway runs the newest', async () => {
    await bench().gateway.hello(0, 1, null);
    await bench().answer((await bench().bundle(1)).version, 'applied');
    await bench().answer(null, 'refused', { code: 'READINGS_BUNDLE_FORGED' });
    await vi.waitFor(async () => expect(await bench().tickets('all')).toHaveLength(1), patient);
    expect(await bench().tickets('open')).toEqual([]);
    await bench().answer(null, 'refused', { code: 'READINGS_BUNDLE_FORGED' });
    expect(await bench().tickets('all')).toHaveLength(1);
    expect(await bench().shown()).toMatchObject({ version: 1, running: 1 });
  });
}

function credentials(bench: () => ConfiguredCloud): void {
  const path = '/api/gateways/court-1/credentials';

  it('carries credentials that the cloud gave, by digest alone, until they are revoked', async () => {
    await bench().gateway.hello(0, 1, null);
    await bench().bundle(1);
    const given = await bench().send<{ secret: string }>('POST', path, {
      ...{ kind: 'device', id: 'bin-1', assets: ['bin-1'] },
    });
    expect(given.status).toBe(201);
    const { secret } = given.body;
    const message = await bench().bundle(2);
    const [held] = message.credentials;
    expect(held).toMatchObject({ kind: 'device', id: 'bin-1', assets: ['bin-1'] });
    expect(deviceDigest(held?.salt ?? '', 'bin-1', secret)).toBe(held?.hash);
    const list = () => bench().run.list<CloudCredential>(path);
    expect(await list()).toMatchObject([{ id: 'bin-1', by: scripts, revoked: null }]);
    expect(JSON.stringify([message, await list()])).not.toContain(secret);
    const bridge = await bench().send('POST', path, {
      ...{ kind: 'bridge', id: 'zigbee', prefix: 'zigbee2mqtt' },
    });
    expect(bridge.status).toBe(201);
    expect((await bench().bundle(3)).credentials.map(({ id }) => id)).toEqual(['bin-1', 'zigbee']);
    expect((await bench().send('DELETE', `${path}/bin-1`)).status).toBe(204);
    expect((await bench().bundle(4)).credentials.map(({ id }) => id)).toEqual(['zigbee']);
    expect((await bench().send('DELETE', `${path}/bin-1`)).body.code).toBe(
      'CLOUD_CREDENTIAL_UNKNOWN',
    );
    expect((await list()).map(({ id, revoked }) => [id, revoked !== null])).toEqual([
      ['bin-1', true],
      ['zigbee', false],
    ]);
  });

  it('refuses credentials for what is not there, or that somebody has', async () => {
    const codeOf = async (body: object) => (await bench().send('POST', path, body)).body.code;
    const device = { kind: 'device', id: 'one', assets: ['bin-1'] };
    expect(await codeOf({ ...device, assets: ['bin-7'] })).toBe('CLOUD_CREDENTIAL_ASSET');
    expect(await codeOf(device)).toBeUndefined();
    expect(await codeOf(device)).toBe('CLOUD_CREDENTIAL_EXISTS');
    const bridge = { kind: 'bridge', id: 'two', prefix: 'a/b' };
    for (const prefix of [
      'caretaker',
      'ctk-events/x',
      'node-red',
      '$SYS',
      'a//b',
      'a/+',
      '#',
      '/a',
      `${'a/'.repeat(32)}a`,
    ]) {
      expect(await codeOf({ ...bridge, prefix }), prefix).toBe('CLOUD_CREDENTIAL_PREFIX');
    }
    expect(await codeOf(bridge)).toBeUndefined();
    for (const prefix of ['a', 'a/b', 'a/b/c']) {
      expect(await codeOf({ ...bridge, id: 'three', prefix })).toBe('CLOUD_CREDENTIAL_PREFIX');
    }
    expect(await codeOf({ ...bridge, id: 'three', prefix: 'a/bc' })).toBeUndefined();
  });
}
