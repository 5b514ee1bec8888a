import { silentLog } from '@caretaker/readings/base';
import { decodeFrame, type Frame } from '@caretaker/readings/frame';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bootInstant, type Journal } from '../journal/index.ts';
import { append, numbered, openJournal, scratch } from '../journal/testing.ts';
import { FrameSender, tickMs } from './frame-sender.ts';
import { Pace } from './pace.ts';

let remove: () => Promise<void>;
let journal: Journal;
let clock: ManualClock;
let sender: FrameSender;
let frames: Frame[];
let hellos: number;
let time: { known: boolean; lastKnown: number };
/** Whether the connection takes more. */
let room: boolean;

beforeEach(async () => {
  const folder = await scratch();
  remove = folder.remove;
  clock = manualClock(2_000_000);
  journal = await openJournal(folder.directory, {
    clock,
    restamp: (readings) => readings.filter(({ received }) => time.known || received >= 0),
  });
  frames = [];
  hellos = 0;
  room = true;
  time = { known: true, lastKnown: 0 };
  sender = new FrameSender({
    gateway: 'yard-1',
    journal,
    clock,
    log: silentLog,
    reach: () => {},
    pace: new Pace(clock, null),
    room: () => room,
    time,
    send: (bytes, sent) => {
      frames.push(decodeFrame(bytes));
      sent();
    },
    hello: () => {
      hellos += 1;
    },
  });
});
afterEach(async () => {
  await sender.stop();
  await journal.close();
  await remove();
});

const filled = () => frames.filter((frame) => frame.readings.length > 0);
const ack = (accepted: number, rewind = false) =>
  sender.ack({ journal: journal.id, accepted, rewind });
const firsts = () => filled().map((frame) => frame.first);

/** Lets time pass as the gateway would, looking at every tick. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= tickMs) {
    clock.advance(tickMs);
    sender.tick();
  }
}

async function appendMany(count: number): Promise<void> {
  const readings = Array.from({ length: count }, (_, n) => numbered(n));
  await append(journal, readings);
}

it('sends nothing before the cloud has answered, and asks again every five seconds', async () => {
  await append(journal, [numbered(1)]);
  sender.connected();
  expect(hellos).toBe(1);
  pass(10_000);
  expect([hellos, frames.length]).toEqual([3, 0]);
  ack(0);
  await vi.waitFor(() => expect(firsts()).toEqual([1]), patient);
});

it('holds two frames that were not acknowledged, and eight when the cloud keeps up', async () => {
  await appendMany(90_000);
  sender.connected();
  ack(0);
  await vi.waitFor(() => expect(filled()).toHaveLength(2), patient);
  pass(2_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(filled()).toHaveLength(2);
  // Each acknowledgement lets two more go, until eight are on the way.
  for (let acked = 1; acked <= 6; acked += 1) {
    const frame = filled()[acked - 1];
    ack((frame?.first ?? 0) + (frame?.readings.length ?? 0) - 1);
    await vi.waitFor(() => expect(filled()).toHaveLength(2 * acked + 2), patient);
  }
  const frame = filled()[6];
  ack((frame?.first ?? 0) + (frame?.readings.length ?? 0) - 1);
  await vi.waitFor(() => expect(filled()).toHaveLength(15), patient);
  pass(2_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(filled()).toHaveLength(15);
});

it('writes nothing for a connection that takes nothing, however long it has to wait', async () => {
  await appendMany(20_000);
  sender.connected();
  room = false;
  ack(0);
  pass(600_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(frames).toHaveLength(0);
  room = true;
  pass(500);
  await vi.waitFor(() => expect(filled().length).toBeGreaterThan(0), patient);
});

it('sends again when an acknowledgement has not come for ten seconds', async () => {
  await append(journal, [numbered(1)]);
  sender.connected();
  ack(0);
  await vi.waitFor(() => expect(firsts()).toEqual([1]), patient);
  pass(9_500);
  expect(firsts()).toEqual([1]);
  pass(1_000);
  await vi.waitFor(() => expect(firsts()).toEqual([1, 1]), patient);
});

it('goes back once for one rewind, however many frames it answers', async () => {
  await append(journal, [numbered(1)]);
  sender.connected();
  ack(0);
  await vi.waitFor(() => expect(firsts()).toEqual([1]), patient);
  ack(0, true);
  ack(0, true);
  await vi.waitFor(() => expect(firsts()).toEqual([1, 1]), patient);
  ack(0, true);
  pass(500);
  expect(firsts()).toEqual([1, 1]);
  pass(1_000);
  ack(0, true);
  await vi.waitFor(() => expect(firsts()).toEqual([1, 1, 1]), patient);
});

it('sends a quiet frame at least every two seconds', () => {
  sender.connected();
  ack(0);
  pass(60_000);
  const times = frames.map((frame) => frame.sent);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(gaps.length).toBeGreaterThanOrEqual(29);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2_000);
});

it('says nothing about readings that are not durable yet', async () => {
  sender.connected();
  ack(0);
  pass(1_000);
  expect(frames.at(-1)).toMatchObject({ first: 1, readings: [], completeTo: { sequence: 0 } });
  const before = frames.length;
  const received = clock.now();
  const wait = append(journal, [numbered(1, received)]);
  pass(1_000);
  const times = frames.slice(before).map((frame) => frame.completeTo.time);
  expect(times.length).toBeGreaterThan(0);
  expect(Math.max(...times)).toBeLessThan(received);
  await wait;
});

it('claims nothing of a time that it does not know, is there all the same, and sends what waited later', async () => {
  Object.assign(time, { known: false, lastKnown: 1_500_000 });
  await append(journal, [numbered(1, 1_500_000)]);
  const waiting = numbered(2, bootInstant({ index: 1, elapsed: 77 }));
  await append(journal, [waiting]);
  sender.connected();
  ack(0);
  await vi.waitFor(() => expect(firsts()).toEqual([1]), patient);
  ack(1);
  await vi.waitFor(() => {
    pass(1_000);
    expect(frames.length).toBeGreaterThanOrEqual(5);
  }, patient);
  expect(filled()).toHaveLength(1);
  expect(frames.at(-1)).toMatchObject({
    first: 2,
    readings: [],
    completeTo: { time: 1_500_000, sequence: 1 },
  });
  expect(frames.every(({ completeTo }) => completeTo.time <= 1_500_000)).toBe(true);
  Object.assign(time, { known: true });
  journal.wake();
  pass(500);
  await vi.waitFor(
    () =>
      expect(frames.some(({ first, readings }) => first === 2 && readings.length === 1)).toBe(true),
    patient,
  );
});
