import type { Reading } from '@caretaker/readings';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf } from '../testing.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let uplinkUrl: string;
let rigged: Rigged | null = null;
let client: MqttClient | null = null;
/** What the clock of the gateway's machine is ahead by, milliseconds. */
let ahead: number;
/** Names the start of the machine. */
let boot: string;

const machine: Clock = { ...systemClock, now: () => systemClock.now() + ahead };

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  uplinkUrl = await cloud.start();
  ahead = 0;
  boot = 'a'.repeat(32);
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function start(): Promise<void> {
  rigged = await startEdge(directory, { uplinkUrl }, { clock: machine, boot });
  client = await device(rigged.url);
}

async function stop(): Promise<void> {
  await client?.endAsync(true);
  client = null;
  await rigged?.edge.stop();
  rigged = null;
}

/** Sends values from..to without a time, acknowledged one after another. */
async function send(from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    await client?.publishAsync('caretaker/hall/temp_c', String(n / 1_000), { qos: 1 });
  }
}

const arrived = async (count: number): Promise<readonly Reading[]> => {
  await vi.waitFor(() => expect(cloud.readings).toHaveLength(count), patient);
  return cloud.readings;
};

const pending = (count: number) =>
  vi.waitFor(async () => expect((await statusOf(rigged!)).uplink.pending).toBe(count), patient);

/** Each once, in order, with times of their own that only grow. */
function expectWhole(readings: readonly Reading[]): void {
  expect(readings.map(({ value }) => Math.round(Number(value) * 1_000))).toEqual(
    readings.map((_, n) => n + 1),
  );
  const times = readings.map(({ at }) => at);
  expect(times.slice(1).every((at, n) => at > (times[n] ?? 0))).toBe(true);
}

const claims = () => cloud.frames.map(({ completeTo }) => completeTo.time);

it('keeps readings of a machine that woke in 1970, and delivers them with the times that they came at', async () => {
  await start();
  await send(1, 5);
  await arrived(5);
  await pending(0);
  await stop();
  await cloud.stop();
  boot = 'b'.repeat(32);
  ahead = 5_000 - systemClock.now();
  await start();
  const before = systemClock.now();
  await send(6, 10);
  const after = systemClock.now();
  const stamped = JSON.stringify({ at: before - 1_000, temp_c: 0.011 });
  await client?.publishAsync('caretaker/hall', stamped, { qos: 1 });
  await pending(6);
  await cloud.start();
  const all = await arrived(11);
  for (const { at, received } of all.slice(5, 10)) {
    expect(at).toBeGreaterThanOrEqual(before - 50);
    expect(at).toBeLessThanOrEqual(after + 50);
    expect(received).toBeLessThanOrEqual(at);
  }
  expect(all[10]).toMatchObject({ at: before - 1_000, stamped: true, history: false });
  expectWhole(all.slice(0, 10));
  // Nothing was claimed of a time that was not known.
  expect(Math.max(...claims())).toBeLessThanOrEqual(systemClock.now() + 50);
});

it('places what a start received that never knew its time between what is known, as history', async () => {
  await start();
  await send(1, 5);
  const first = await arrived(5);
  const last = first[4]?.received ?? 0;
  await pending(0);
  await stop();
  await cloud.stop();
  boot = 'b'.repeat(32);
  ahead = 5_000 - systemClock.now();
  await start();
  await send(6, 8);
  await stop();
  boot = 'c'.repeat(32);
  await cloud.start();
  await start();
  await send(9, 10);
  const all = await arrived(10);
  expectWhole(all);
  for (const { received, history } of all.slice(5, 8)) {
    expect(received).toBeGreaterThan(last);
    expect(history).toBe(true);
  }
  expect(all.slice(8).map(({ history }) => history)).toEqual([false, false]);
});

it('loses and refuses nothing when its clock goes back an hour, and claims nothing wrong', async () => {
  await start();
  await send(1, 5);
  await arrived(5);
  // Somebody sets the clock of both machines right.
  ahead = -hour;
  cloud.ahead = -hour;
  await send(6, 10);
  const readings = await arrived(10);
  expectWhole(readings);
  await vi.waitFor(async () => {
    await send(cloud.readings.length + 1, cloud.readings.length + 1);
    expect(cloud.readings.at(-1)?.received).toBeLessThan(systemClock.now() - hour + 5_000);
  }, patient);
  expectWhole(cloud.readings);
  expect((await statusOf(rigged!)).quarantine.total).toBe(0);
});

it('is not poisoned by a year forward and back', async () => {
  await start();
  await send(1, 5);
  await arrived(5);
  ahead = year;
  await send(6, 10);
  await arrived(10);
  ahead = 0;
  await send(11, 15);
  const all = await arrived(15);
  expectWhole(all);
  const now = systemClock.now() + 1_000;
  for (const { at, received } of all) {
    expect(at).toBeLessThan(now);
    expect(received).toBeLessThan(now);
  }
  expect(Math.max(...claims())).toBeLessThan(now);
});

it('takes back a year that it believed at its start until the cloud objected', async () => {
  ahead = year;
  await cloud.stop();
  await start();
  await send(1, 3);
  await cloud.start();
  await vi.waitFor(() => {
    const told = cloud.statuses.findLast((status) => status.type === 'health');
    expect(told?.type === 'health' && told.clock?.basis).toBe('cloud');
  }, patient);
  await send(4, 6);
  const all = await arrived(6);
  const now = systemClock.now() + 1_000;
  for (const { at, received } of all.slice(3)) {
    expect(at).toBeLessThan(now);
    expect(received).toBeLessThan(now);
  }
});
