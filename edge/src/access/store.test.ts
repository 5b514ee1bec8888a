import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultsError, systemClock } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { CredentialStore } from './store.ts';

const t0 = Date.parse('2026-11-22T00:00:00Z');
const hour = 3_600_000;
const gate = { kind: 'device', assets: ['gate'] } as const;
const zigbee = { kind: 'bridge', prefix: 'zigbee2mqtt' } as const;
const clock = systemClock;

let folder: Awaited<ReturnType<typeof scratch>>;
let directory = '';
const newStore = () => new CredentialStore({ directory, clock });
const file = (name = 'credentials.json') => path.join(directory, name);

beforeEach(async () => {
  folder = await scratch();
  directory = path.join(folder.directory, 'edge');
});
afterEach(() => folder.remove());

async function faultsOf(work: Promise<unknown>): Promise<{ code: string; where?: string }[]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FaultsError);
  return error instanceof FaultsError ? [...error.faults] : [];
}

describe('a credential', () => {
  it('opens with its secret, under its name alone, also after a restart', async () => {
    const { secret } = await newStore().add('gate', gate, t0);
    const other = await newStore().add('hall', { kind: 'device', assets: ['hall'] }, t0);
    const store = newStore();
    await store.load();
    expect(store.check('gate', secret, t0)?.credential).toMatchObject({ id: 'gate', ...gate });
    for (const [name, password] of [
      ['gate', other.secret],
      ['hall', secret],
      ['gate', ''],
      ['gate', secret.toUpperCase()],
      ['', secret],
      ['nobody', secret],
    ] as const) {
      expect(store.check(name, password, t0), name).toBeNull();
    }
  });

  it('is 160 bits of letters and digits, and nowhere on disk', async () => {
    const { secret } = await newStore().add('gate', gate, t0);
    expect(secret).toMatch(/^[a-z2-7]{32}$/);
    for (const name of await readdir(directory)) {
      expect(await readFile(file(name), 'latin1'), name).not.toContain(secret);
    }
    expect(JSON.stringify(newStore().list())).not.toContain(secret);
  });

  it('is of nobody but the owner of the files', async () => {
    await newStore().add('gate', gate, t0);
    for (const name of await readdir(directory)) {
      expect((await stat(file(name))).mode & 0o777, name).toBe(0o600);
    }
  });

  it('keeps its old secret for the grace after a rotation, and then no longer', async () => {
    const store = newStore();
    const first = await store.add('gate', gate, t0);
    const second = await store.rotate('gate', t0, hour);
    expect(store.check('gate', first.secret, t0 + hour - 1)).not.toBeNull();
    expect(store.check('gate', first.secret, t0 + hour)).toBeNull();
    expect(store.check('gate', second.secret, t0 + hour)).not.toBeNull();
    const third = await store.rotate('gate', t0 + 1, 0);
    expect(store.check('gate', second.secret, t0 + 1)).toBeNull();
    expect(store.check('gate', first.secret, t0 + 1)).toBeNull();
    expect(store.check('gate', third.secret, t0 + 1)).not.toBeNull();
  });

  it('ends when it is revoked; the name may then be given again', async () => {
    const store = newStore();
    const { secret } = await store.add('gate', gate, t0);
    await expect(store.add('gate', gate, t0)).rejects.toMatchObject({
      code: 'EDGE_CREDENTIAL_EXISTS',
    });
    const digest = store.check('gate', secret, t0)?.digest ?? '';
    await store.revoke('gate', t0);
    expect(store.check('gate', secret, t0)).toBeNull();
    expect(store.current('gate', digest, t0)).toBeNull();
    const unknown = { code: 'EDGE_CREDENTIAL_UNKNOWN' };
    await expect(store.revoke('gate', t0)).rejects.toMatchObject(unknown);
    await expect(store.rotate('gate', t0)).rejects.toMatchObject(unknown);
    const again = await store.add('gate', gate, t0);
    expect(store.check('gate', secret, t0)).toBeNull();
    expect(store.check('gate', again.secret, t0)).not.toBeNull();
  });

  it('gives two bridges no levels in common', async () => {
    const store = newStore();
    await store.add('zigbee', zigbee, t0);
    const prefix = 'zigbee2mqtt/hall';
    await expect(store.add('other', { kind: 'bridge', prefix }, t0)).rejects.toMatchObject({
      code: 'EDGE_CREDENTIAL_PREFIX',
    });
    await store.revoke('zigbee', t0);
    await store.add('other', { kind: 'bridge', prefix }, t0);
    expect(store.prefixes()).toEqual([prefix]);
  });
});

describe('the file', () => {
  it('is changed by several at once without losing any of it', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `lamp-${i}`);
    await Promise.all(names.map((id) => newStore().add(id, { kind: 'device', assets: [id] }, t0)));
    const store = newStore();
    await store.load();
    expect(
      store
        .list()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(names.toSorted());
  });

  it('is followed: what another process changes counts a second later', async () => {
    const manual = manualClock(t0);
    const { secret } = await newStore().add('gate', gate, t0);
    const store = new CredentialStore({ directory, clock: manual });
    await store.start();
    let changes = 0;
    const end = store.onChanged(() => {
      changes += 1;
    });
    expect(store.check('gate', secret, t0)).not.toBeNull();
    await newStore().revoke('gate', t0);
    manual.advance(1_000);
    await store.look();
    expect(store.check('gate', secret, t0)).toBeNull();
    expect(changes).toBeGreaterThan(0);
    end();
    store.stop();
    expect(manual.pending()).toBe(0);
  });

  it('that cannot be used while the gateway runs changes nothing, and is told', async () => {
    const { secret } = await newStore().add('gate', gate, t0);
    const told: unknown[] = [];
    const store = new CredentialStore({ directory, clock, onFault: (error) => told.push(error) });
    await store.load();
    await writeFile(file(), '{');
    await store.look();
    expect(told).toEqual([expect.objectContaining({ code: 'EDGE_CREDENTIALS' })]);
    expect(store.check('gate', secret, t0)).not.toBeNull();
  });

  it('is refused with all of its faults', async () => {
    const store = newStore();
    await store.add('gate', gate, t0);
    await store.add('zigbee', zigbee, t0);
    const whole = JSON.parse(await readFile(file(), 'utf8')) as { credentials: object[] };
    const [one, two] = whole.credentials;
    const credentials = [
      one,
      one,
      two,
      { ...two, id: 'other', prefix: 'zigbee2mqtt/x' },
      { ...one, id: 'BAD', secrets: [{ digest: 'x', created: 0, until: null }] },
      { ...two, id: 'third', prefix: 'caretaker' },
    ];
    await writeFile(file(), JSON.stringify({ version: 1, credentials }));
    const faults = await faultsOf(newStore().load());
    expect(faults.map(({ code }) => code).toSorted()).toEqual([
      'EDGE_CREDENTIALS_SHAPE',
      'EDGE_CREDENTIALS_SHAPE',
      'EDGE_CREDENTIALS_SHAPE',
      'EDGE_CREDENTIALS_TWICE',
      'EDGE_CREDENTIAL_PREFIX',
    ]);
    expect(faults.some(({ where }) => where?.includes('credentials[4].id'))).toBe(true);
  });

  it.each([
    ['is no JSON', '{', 'EDGE_CREDENTIALS_SHAPE'],
    ['is of a later version', '{"version":2,"credentials":[]}', 'EDGE_CREDENTIALS_SHAPE'],
  ])('is refused when it %s', async (_name, text, code) => {
    await newStore().add('gate', gate, t0);
    await writeFile(file(), text);
    const faults = await faultsOf(newStore().load());
    expect(faults.every((fault) => fault.code === code)).toBe(true);
  });

  it('is refused without its key, and when others may read it', async () => {
    await newStore().add('gate', gate, t0);
    await chmod(file(), 0o644);
    await expect(newStore().load()).rejects.toMatchObject({ code: 'EDGE_FILE_NOT_PRIVATE' });
    await chmod(file(), 0o600);
    await writeFile(file('credentials.key'), 'short');
    expect(await faultsOf(newStore().load())).toMatchObject([{ code: 'EDGE_CREDENTIALS_KEY' }]);
  });

  it('is as it was when a change is refused', async () => {
    const store = newStore();
    await store.add('gate', gate, t0);
    const before = await readFile(file(), 'utf8');
    await expect(store.add('BAD NAME', gate, t0)).rejects.toMatchObject({
      code: 'EDGE_CREDENTIALS',
    });
    await expect(store.rotate('nobody', t0)).rejects.toThrow();
    expect(await readFile(file(), 'utf8')).toBe(before);
    await store.add('hall', { kind: 'device', assets: ['hall'] }, t0);
  });
});
