import { silentLog } from '@caretaker/readings/base';
import { decodeFrame, type Frame, sequencesOf, throughOf } from '@caretaker/readings/frame';
import { manualClock, patient } from '@caretaker/readings/testing';
import { expect, it, vi } from 'vitest';
import { append, openJournal, scratch } from '../journal/testing.ts';
import { FrameSender } from './frame-sender.ts';
import { Pace } from './pace.ts';

const HOUR = 3_600_000;

it('sends what is left of a thinned journal with its holes, each place once', async () => {
  const { directory, remove } = await scratch();
  const clock = manualClock(1_800_000_000_000);
  const journal = await openJournal(directory, { clock, segmentBytes: 3_000, maxBytes: 20_000 });
  const count = 400;
  for (let n = 0; n < count; n += 1) {
    const received = clock.now();
    const value = Math.sin(n) * 10;
    const reading = { point: 'hall/temp_c', at: received, received, value };
    await append(journal, [{ ...reading, stamped: false, history: false }]);
    clock.advance(10_000);
  }
  clock.advance(2 * HOUR);
  await journal.makeRoom();
  const left = journal.heldAfter(0);
  const frames: Frame[] = [];
  const sender = new FrameSender({
    gateway: 'yard-1',
    journal,
    clock,
    log: silentLog,
    reach: () => {},
    pace: new Pace(clock, null),
    room: () => true,
    time: { known: true, lastKnown: 0 },
    send: (bytes, sent) => {
      const frame = decodeFrame(bytes);
      frames.push(frame);
      sent();
      setImmediate(() => accept(throughOf(frame)));
    },
    hello: () => {},
  });
  const accept = (accepted: number) => sender.ack({ journal: journal.id, accepted, rewind: false });
  sender.connected();
  accept(0);
  await vi.waitFor(() => expect(frames.map(throughOf)).toContain(count), patient);
  const covering = frames.filter((frame) => throughOf(frame) >= frame.first);
  let next = 1;
  for (const frame of covering) {
    expect(frame.first).toBe(next);
    next = throughOf(frame) + 1;
  }
  const sent = covering.flatMap((frame) => sequencesOf(frame));
  expect(sent.length).toBe(left);
  expect(sent.length).toBeLessThan(count - 40);
  // Reading n has sequence n + 1, whatever lies between.
  for (const frame of covering) {
    const sequences = sequencesOf(frame);
    expect(frame.readings.map(({ value }) => value)).toEqual(
      sequences.map((sequence) => Math.sin(sequence - 1) * 10),
    );
  }
  await vi.waitFor(() => expect(journal.position('uplink')).toBe(count), patient);
  await sender.stop();
  await journal.close();
  await remove();
});
