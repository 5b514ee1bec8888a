import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { newGatewayKey } from '@caretaker/readings/uplink';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identityOf, saveIdentity } from '../access/enrolment.ts';
import { CredentialStore } from '../access/index.ts';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf } from '../testing.ts';

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged | null = null;
let client: MqttClient | null = null;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  uplinkUrl = await cloud.start();
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function start(config = {}) {
  rigged = await startEdge(directory, { uplinkUrl, ...config });
  client = await device(rigged.url);
  return client;
}

async function stop(): Promise<void> {
  await client?.endAsync(true);
  client = null;
  await rigged?.edge.stop();
  rigged = null;
}

/** Publishes temperatures from..to, each once, acknowledged. */
async function publish(from: number, to: number): Promise<void> {
  const all: Promise<unknown>[] = [];
  for (let n = from; n <= to; n += 1) {
    const payload = JSON.stringify({ at: 1_780_000_000_000 + n, temp_c: n / 1_000 });
    all.push(client!.publishAsync('caretaker/hall', payload, { qos: 1 }));
  }
  await Promise.all(all);
}

const numbers = () => cloud.readings.map((reading) => Math.round(Number(reading.value) * 1_000));
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

/** The cloud has each reading exactly once, in order. */
async function arrived(last: number): Promise<void> {
  await vi.waitFor(() => expect(cloud.readings.length).toBeGreaterThanOrEqual(last), patient);
  expect(numbers()).toEqual(upTo(last));
}

describe('in order and once', () => {
  it('delivers everything, introduces itself first, and says how complete it is', async () => {
    await start();
    await publish(1, 12_000);
    await arrived(12_000);
    const [hello] = cloud.statuses;
    expect(hello).toMatchObject({ type: 'hello', oldest: 1 });
    for (const frame of cloud.frames) {
      expect(frame.readings.length).toBeLessThanOrEqual(5_000);
      const covered = frame.first + frame.readings.length - 1;
      const late = frame.readings.filter((one) => one.received > frame.completeTo.time);
      // Everything received up to complete-to has a sequence up to it.
      if (covered > frame.completeTo.sequence) expect(late.length).toBeGreaterThan(0);
    }
    await vi.waitFor(() => expect(cloud.frames.at(-1)?.readings).toHaveLength(0), patient);
    expect(cloud.frames.at(-1)?.completeTo.sequence).toBe(12_000);
  });

  it('says again and again how complete it is while nothing comes', async () => {
    await start();
    await vi.waitFor(() => expect(cloud.frames.length).toBeGreaterThan(2), patient);
    const times = cloud.frames.map((frame) => frame.completeTo.time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('survives lost frames and rewinds', async () => {
    let count = 0;
    cloud.mood = () => {
      count += 1;
      return count % 7 === 3 ? 'lose' : count % 11 === 5 ? 'refuse' : 'accept';
    };
    await start();
    for (let from = 1; from <= 3_000; from += 100) await publish(from, from + 99);
    await arrived(3_000);
  });

  it('finds a lost frame by the next one', async () => {
    await start();
    await publish(1, 10);
    await arrived(10);
    let lost = 0;
    cloud.mood = (frame) => {
      if (frame.readings.length === 0) return 'accept';
      lost += 1;
      return lost <= 1 ? 'lose' : 'accept';
    };
    await publish(11, 20);
    await arrived(20);
    expect(lost).toBe(2);
  });

  it('goes on where it was after the cloud was away', async () => {
    await start();
    await publish(1, 500);
    await arrived(500);
    await cloud.stop();
    await publish(501, 1_000);
    expect((await statusOf(rigged!)).uplink.connected).toBe(false);
    await cloud.start();
    await arrived(1_000);
    await vi.waitFor(async () => expect((await statusOf(rigged!)).uplink.pending).toBe(0), patient);
  });

  it('goes on where it was after its own orderly restart, without sending anything twice', async () => {
    await start();
    await publish(1, 300);
    await arrived(300);
    await stop();
    const frames = cloud.frames.length;
    await start();
    await publish(301, 400);
    await arrived(400);
    const again = cloud.frames.slice(frames).filter((frame) => frame.first <= 300);
    expect(again).toEqual([]);
  });
});

describe('journal ids', () => {
  it('ignores acknowledgements of a journal it does not know', async () => {
    cloud.mood = () => 'lose';
    await start();
    await publish(1, 10);
    const { id } = (await statusOf(rigged!)).journal;
    cloud.ack({ journal: 'f'.repeat(32), accepted: 1_000, rewind: false });
    await vi.waitFor(() => expect(cloud.statuses.length).toBeGreaterThan(1), patient);
    expect((await statusOf(rigged!)).uplink.pending).toBe(10);
    cloud.mood = () => 'accept';
    await arrived(10);
    expect((await statusOf(rigged!)).journal.id).toBe(id);
  });

  it('renews itself when the cloud has accepted what it does not hold, and loses nothing new', async () => {
    await start();
    await publish(1, 10);
    await arrived(10);
    const { id } = (await statusOf(rigged!)).journal;
    await stop();
    // Put back from a backup: the cloud has gone on since.
    const data = path.join(directory, 'edge', 'journal');
    const backup = path.join(directory, 'backup');
    await cp(data, backup, { recursive: true });
    await start();
    await publish(11, 20);
    await arrived(20);
    await stop();
    await rm(data, { recursive: true });
    await cp(backup, data, { recursive: true });
    // Readings that come before the cloud has answered take the sequences that it knows by other readings.
    await cloud.stop();
    await start();
    await publish(21, 30);
    await cloud.start();
    await vi.waitFor(() => expect(numbers()).toContain(30), patient);
    expect(new Set(numbers())).toEqual(new Set(upTo(30)));
    expect((await statusOf(rigged!)).journal.id).not.toBe(id);
  });

  it('reports a loss to the cloud and delivers what was salvaged and what is new', async () => {
    cloud.mood = () => 'lose';
    await start({ journal: { maxBytes: 1e8, segmentBytes: 300 } });
    for (let n = 1; n <= 30; n += 1) await publish(n, n);
    const { id } = (await statusOf(rigged!)).journal;
    await stop();
    const folder = path.join(directory, 'edge', 'journal', id);
    const middle = (await readdir(folder)).sort()[2] ?? '';
    const bytes = await readFile(path.join(folder, middle));
    bytes[50] = (bytes[50] ?? 0) ^ 0xff;
    await writeFile(path.join(folder, middle), bytes);
    cloud.mood = () => 'accept';
    await start();
    await publish(31, 40);
    await vi.waitFor(() => expect(numbers()).toContain(40), patient);
    const got = numbers();
    const missing = upTo(40).filter((n) => !got.includes(n));
    expect(missing).toHaveLength(1);
    await vi.waitFor(() => {
      const health = cloud.statuses.findLast((status) => status.type === 'health');
      expect(health?.losses).toMatchObject([{ journal: id, from: missing[0], to: missing[0] }]);
      expect(health?.losses[0]?.since).toBeGreaterThan(1_700_000_000_000);
      expect(health?.room?.bytes).toBeGreaterThan(0);
    }, patient);
  });
});

it('tells the cloud what is in quarantine, also what came before it was connected', async () => {
  await cloud.stop();
  await start();
  await client!.publishAsync('caretaker/hall', 'nonsense', { qos: 1 });
  await cloud.start();
  const entries = () =>
    cloud.statuses.flatMap((status) => (status.type === 'quarantine' ? status.entries : []));
  await vi.waitFor(() => expect(entries()).toMatchObject([{ code: 'DECODE_NOT_JSON' }]), patient);
  await client!.publishAsync('caretaker/hall', 'nonsense', { qos: 1 });
  await vi.waitFor(() => expect(entries().at(-1)).toMatchObject({ count: 2 }), patient);
  await stop();
  expect(cloud.statuses.at(-1)?.type).toBe('gone');
});

it('tells the cloud who may speak to it, again when that changes, and no secret', async () => {
  await start();
  const reports = () =>
    cloud.statuses.flatMap((status) => (status.type === 'credentials' ? [status] : []));
  await vi.waitFor(() => expect(reports()).toMatchObject([{ total: 0, entries: [] }]), patient);
  const store = new CredentialStore({
    directory: path.join(directory, 'edge'),
    clock: systemClock,
  });
  const bin = await store.add('bin', { kind: 'device', assets: ['bin'] }, 5);
  await store.add('zigbee', { kind: 'bridge', prefix: 'zigbee2mqtt' }, 6);
  await vi.waitFor(() => expect(reports().at(-1)).toMatchObject({ total: 2 }), patient);
  expect(reports().at(-1)?.entries).toEqual([
    { kind: 'device', id: 'bin', created: 5, revoked: null, lastUsed: null, assets: ['bin'] },
    {
      kind: 'bridge',
      id: 'zigbee',
      created: 6,
      revoked: null,
      lastUsed: null,
      prefix: 'zigbee2mqtt',
    },
  ]);
  const told = JSON.stringify(cloud.statuses);
  for (const secret of [bin.secret, bin.credential.secrets[0]?.digest ?? '']) {
    expect(told).not.toContain(secret);
  }
});

it('measures how far its clock is from that of the cloud, and tells', async () => {
  cloud.ahead = -7_000;
  await start();
  const told = () =>
    cloud.statuses.findLast((status) => status.type === 'health' && status.clock !== undefined);
  await vi.waitFor(() => {
    const status = told();
    const clock = status?.type === 'health' ? status.clock : undefined;
    expect(clock?.basis).toBe('clock');
    expect(clock?.uncertaintyMs).toBeLessThan(1_000);
    expect(Math.abs((clock?.offsetMs ?? 0) - 7_000)).toBeLessThanOrEqual(
      (clock?.uncertaintyMs ?? 0) + 1,
    );
  }, patient);
});

it('delivers under a cap, in small frames and not faster', async () => {
  await start({ uplinkKilobits: 16 });
  const began = performance.now();
  await publish(1, 4_000);
  await arrived(4_000);
  const bytes = cloud.bytes;
  expect((bytes * 8) / 1_000).toBeGreaterThan(16 * 3);
  const seconds = (performance.now() - began) / 1_000;
  expect((bytes * 8) / 1_000).toBeLessThanOrEqual(16 * (seconds + 3));
  for (const frame of cloud.frames) expect(frame.readings.length).toBeLessThan(2_000);
});

describe('a gateway that its cloud does not know yet', () => {
  const enrolment = { cloudUrl: 'http://127.0.0.1:9', code: null, codeFile: null };
  const ready = async () => (await fetch(`http://127.0.0.1:${rigged?.httpPort}/readyz`)).json();

  it('takes readings, says what to do, and delivers everything once it has a key', async () => {
    await start({ enrolment });
    await publish(1, 20);
    // Nobody has signed in, so it says no more.
    const problem = { type: 'about:blank', status: 503, code: 'EDGE_NOT_READY' };
    expect(await ready()).toEqual({ ...problem, title: expect.any(String) });
    expect((await statusOf(rigged!)).uplink).toMatchObject({
      pending: 20,
      trouble: {
        code: 'EDGE_NOT_ENROLLED',
        next: expect.stringContaining('caretaker gateway'),
      },
    });
    expect(cloud.statuses).toEqual([]);
    const answer = { gateway: 'yard-1', estate: 'yard', key: 'k', at: Date.now() };
    await saveIdentity(path.join(directory, 'edge'), identityOf(answer, newGatewayKey()));
    await arrived(20);
    expect(await ready()).toMatchObject({ status: 'ready' });
  });

  it('needs no key where a broker in between has given it a password', async () => {
    const url = uplinkUrl.replace('mqtt://', 'mqtt://yard-1:secret@');
    await start({ enrolment, uplinkUrl: url });
    await publish(1, 5);
    await arrived(5);
    expect(cloud.logins.at(-1)).toEqual(['yard-1', 'secret']);
    expect(await ready()).toMatchObject({ status: 'ready' });
  });

  it('comes with another password at each attempt', async () => {
    await start();
    await vi.waitFor(() => expect(cloud.logins).toHaveLength(1), patient);
    await cloud.stop();
    await cloud.start();
    await vi.waitFor(() => expect(cloud.logins.length).toBeGreaterThan(1), patient);
    const passwords = cloud.logins.map(([, password]) => password);
    expect(new Set(passwords).size).toBe(passwords.length);
  });
});
