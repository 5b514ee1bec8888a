import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CredentialStore } from '@caretaker/edge/access';
import { systemClock } from '@caretaker/readings/base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.ts';

let folder = '';
let output = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'caretaker-device-'));
  vi.stubEnv('CARETAKER_DATA', folder);
  vi.stubEnv('CARETAKER_ESTATE', '');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text.toString();
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** What `caretaker device …` prints. */
async function device(...args: string[]): Promise<string> {
  output = '';
  await createProgram().parseAsync(['node', 'caretaker', 'device', ...args]);
  return output;
}

async function opened(): Promise<CredentialStore> {
  const store = new CredentialStore({ directory: path.join(folder, 'edge'), clock: systemClock });
  await store.load();
  return store;
}

interface Printed {
  readonly kind: string;
  readonly try: string;
  readonly password: string;
  readonly topics: readonly string[];
  readonly oldUntil: number | null;
}

const json = async (...args: string[]) => JSON.parse(await device(...args, '--json')) as Printed;

describe('caretaker device', () => {
  it('gives a device of the estate a credential that works', async () => {
    const { password, topics } = await json('add', 'bin-plaza-1');
    expect(topics).toEqual([
      'application/+/device/24e124713b501001/event/+',
      'caretaker/bin-plaza-1',
    ]);
    const store = await opened();
    expect(store.check('bin-plaza-1', password, Date.now())?.credential).toMatchObject({
      kind: 'device',
      assets: ['bin-plaza-1'],
    });
  });

  it('prints for a person what to type, a line to try and a QR code', async () => {
    const text = await device(
      'add',
      'bins',
      '--asset',
      'bin-plaza-1',
      'bin-plaza-2',
      '--host',
      'gw.lan',
    );
    const password = /password +([a-z2-7]{32})/.exec(text)?.[1] ?? '';
    expect(text).toContain('shown only now');
    expect(text).toMatch(/host +gw\.lan\n +port +1883\n +user +bins/);
    expect(text).toContain(
      `mosquitto_pub -h gw.lan -p 1883 -u bins -P ${password} -q 1 -t caretaker/bin-plaza-1 -m '{"`,
    );
    expect(text).toMatch(/[█▀▄]{20}/);
    expect(await device('add', 'bin-plaza-3', '--no-qr')).not.toMatch(/█/);
  });

  it('lets any number of programs listen to the events of the gateway', async () => {
    const first = await json('add', 'home-assistant', '--bridge', 'ctk-events/#');
    expect(first.topics).toEqual(['ctk-events/#']);
    expect(first.try).toMatch(/^mosquitto_sub .*-t 'ctk-events\/#'$/);
    expect((await json('add', 'lamps', '--bridge', 'ctk-events')).kind).toBe('bridge');
  });

  it('gives a bridge its prefix', async () => {
    const { topics } = await json('add', 'zigbee', '--bridge', 'zigbee2mqtt/#');
    expect(topics).toEqual(['zigbee2mqtt/#']);
    expect((await opened()).prefixes()).toEqual(['zigbee2mqtt']);
  });

  it('lists what there is, never a password', async () => {
    expect(await device('list')).toContain('caretaker device add');
    const { password } = await json('add', 'bin-plaza-1');
    await device('add', 'zigbee', '--bridge', 'zigbee2mqtt');
    await device('rotate', 'zigbee');
    await device('revoke', 'bin-plaza-1');
    const text = await device('list');
    expect(text).toMatch(/bin-plaza-1 +device +bin-plaza-1 +\S+ +revoked\n/);
    expect(text).toMatch(/zigbee +bridge +zigbee2mqtt\/# +\S+ +rotating\n/);
    const lines = (await device('list', '--json')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'bin-plaza-1', state: 'revoked', assets: ['bin-plaza-1'] },
      { id: 'zigbee', state: 'rotating', prefix: 'zigbee2mqtt/#' },
    ]);
    expect(text + lines.join()).not.toContain(password);
    expect(lines.join()).not.toContain('digest');
  });

  it('rotates with a grace of its own', async () => {
    const first = await json('add', 'bin-plaza-1');
    const before = Date.now();
    const second = await json('rotate', 'bin-plaza-1', '--grace', '12h');
    expect(second.oldUntil).toBeGreaterThanOrEqual(before + 12 * 3_600_000);
    expect((await json('rotate', 'bin-plaza-1', '--grace', '0')).oldUntil).toBeNull();
    const store = await opened();
    expect(store.check('bin-plaza-1', first.password, Date.now())).toBeNull();
    expect(store.check('bin-plaza-1', second.password, Date.now())).toBeNull();
  });

  it.each([
    [['add', 'Bad Name'], 'CLI_DEVICE_NAME'],
    [['add', 'nowhere'], 'CLI_DEVICE_ASSET'],
    [['add', 'x', '--asset', 'bin-plaza-1', 'nowhere'], 'CLI_DEVICE_ASSET'],
    [['add', 'x', '--bridge', '#'], 'CLI_DEVICE_OPTION'],
    [['add', 'x', '--bridge', 'caretaker'], 'CLI_DEVICE_OPTION'],
    [['add', 'x', '--bridge', 'z', '--asset', 'bin-plaza-1'], 'CLI_DEVICE_OPTION'],
    [['rotate', 'x', '--grace', 'soon'], 'CLI_DEVICE_OPTION'],
    [['rotate', 'x'], 'EDGE_CREDENTIAL_UNKNOWN'],
    [['revoke', 'x'], 'EDGE_CREDENTIAL_UNKNOWN'],
  ])('says what is wrong with %j', async (args, code) => {
    await expect(device(...args)).rejects.toMatchObject({ code });
  });
});
