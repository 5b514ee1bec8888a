import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
    await start();
    await publish(21, 30);
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
