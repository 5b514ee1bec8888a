import path from 'node:path';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { quarantineEntrySchema } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { Quarantine, type Refused } from './quarantine.ts';

let file: string;
let remove: () => Promise<void>;
let clock: ManualClock;

beforeEach(async () => {
  const folder = await scratch();
  file = path.join(folder.directory, 'quarantine.sqlite');
  remove = folder.remove;
  clock = manualClock(1_000);
});
afterEach(() => remove());

function refused(part: Partial<Refused> = {}): Refused {
  return {
    client: 'bin-7',
    topic: 'caretaker/bin-7',
    fault: { code: 'DECODE_NOT_JSON', message: 'The payload is not JSON', next: 'send JSON' },
    payload: Buffer.from('{"fill'),
    received: clock.now(),
    ...part,
  };
}

function open(rows?: number): Quarantine {
  const quarantine = new Quarantine({ file, clock, ...(rows === undefined ? {} : { rows }) });
  quarantine.start();
  return quarantine;
}

it('is on disk before it answers, and counts repeats', () => {
  const quarantine = open();
  const answers: (Error | null)[] = [];
  quarantine.add(refused(), (error) => answers.push(error));
  quarantine.add(refused({ payload: Buffer.alloc(2_000, 65) }), (error) => answers.push(error));
  expect(answers).toEqual([]);
  expect(quarantine.entries()).toEqual([]);
  clock.advance(20);
  expect(answers).toEqual([null, null]);
  quarantine.stop();

  const again = open();
  const [entry, ...others] = again.entries();
  expect(others).toEqual([]);
  expect(quarantineEntrySchema.parse(entry)).toMatchObject({
    code: 'DECODE_NOT_JSON',
    reason: 'The payload is not JSON; send JSON',
    client: 'bin-7',
    topic: 'caretaker/bin-7',
    count: 2,
    first: 1_000,
    last: 1_000,
    bytes: 2_000,
  });
  expect(Buffer.from(entry?.sample ?? '', 'base64')).toEqual(Buffer.alloc(1_024, 65));
  expect(again.total).toBe(2);
  again.stop();
});

it('drops the least recently seen beyond its rows, and counts what it dropped', () => {
  const quarantine = open(3);
  for (const topic of ['a', 'b', 'c', 'a', 'd', 'e']) {
    quarantine.add(refused({ topic }), () => {});
    clock.advance(20);
  }
  expect(quarantine.entries().map((entry) => entry.topic)).toEqual(['a', 'd', 'e']);
  expect([quarantine.total, quarantine.dropped]).toEqual([6, 2]);
  quarantine.stop();
});

it('gives out what has changed once', () => {
  const quarantine = open();
  quarantine.add(refused({ topic: 'a' }), () => {});
  quarantine.add(refused({ topic: 'b' }), () => {});
  clock.advance(20);
  expect(
    quarantine
      .takeChanged()
      .map((entry) => entry.topic)
      .sort(),
  ).toEqual(['a', 'b']);
  expect(quarantine.takeChanged()).toEqual([]);
  quarantine.add(refused({ topic: 'b' }), () => {});
  clock.advance(20);
  expect(quarantine.takeChanged()).toMatchObject([{ topic: 'b', count: 2 }]);
  quarantine.stop();
});

it('keeps a second gateway off the same folder', () => {
  const quarantine = open();
  expect(() => open()).toThrow(expect.objectContaining({ code: 'EDGE_DATA_IN_USE' }));
  quarantine.stop();
  open().stop();
});

it('tells clients apart whose names run into their topics', () => {
  const quarantine = open();
  quarantine.add(refused({ client: 'a', topic: 'bc' }), () => {});
  quarantine.add(refused({ client: 'ab', topic: 'c' }), () => {});
  clock.advance(20);
  expect(quarantine.entries()).toHaveLength(2);
  quarantine.stop();
});
