import path from 'node:path';
import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { type Status, statusSchema } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { testEstate } from '../testing.ts';
import { Discovery } from './inbox.ts';
import { DiscoveryReport } from './report.ts';

let remove: () => Promise<void>;
let clock: ManualClock;
let discovery: Discovery;
let report: DiscoveryReport;
let connected = false;
let connect: () => void = () => {};
let sent: Extract<Status, { type: 'discovery' }>[] = [];

beforeEach(async () => {
  const folder = await scratch();
  remove = folder.remove;
  clock = manualClock(1_000_000);
  connected = false;
  sent = [];
  const file = path.join(folder.directory, 'discovery.sqlite');
  discovery = new Discovery({ file, estate: testEstate(), clock, log: silentLog });
  discovery.start();
  const uplink = {
    tell(status: Status) {
      if (!connected) return false;
      const read = statusSchema.parse(JSON.parse(JSON.stringify(status)));
      if (read.type === 'discovery') sent.push(read);
      return true;
    },
    onConnected(listener: () => void) {
      connect = () => {
        connected = true;
        listener();
      };
      return () => {};
    },
  };
  report = new DiscoveryReport({ discovery, uplink, clock });
  report.start();
});
afterEach(async () => {
  report.stop();
  discovery.stop();
  await remove();
});

function hear(device: string, size = 20): void {
  const topic = `zigbee2mqtt/${device}`;
  const body = { contact: true };
  discovery.note(
    { format: 'zigbee2mqtt', device, aliases: [], name: null, topic, body },
    Buffer.alloc(size, 65),
  );
  clock.advance(1_000);
}

const devices = () => sent.map(({ anew, entries }) => [anew, entries.map(({ device }) => device)]);

it('tells everything at a connection, then what changes, at most every 10 s', () => {
  hear('a', 4_000);
  expect(sent).toEqual([]);
  connect();
  expect(devices()).toEqual([[true, ['a']]]);
  expect(sent[0]?.entries[0]?.sample).toHaveLength(512);
  sent = [];
  hear('b');
  hear('c');
  hear('a');
  clock.advance(10_000);
  expect(devices()).toEqual([[false, ['b', 'c']]]);
  sent = [];
  clock.advance(60_000);
  expect(sent).toEqual([]);
  // That it has spoken again is told, too, but seldom.
  clock.advance(300_000);
  expect(devices()).toEqual([[false, ['a']]]);
});

it('keeps what it could not send, and names what is gone', () => {
  connect();
  hear('a');
  connected = false;
  clock.advance(20_000);
  expect(devices()).toEqual([[true, []]]);
  connect();
  expect(devices().at(-1)).toEqual([true, ['a']]);
  const id = sent.at(-1)?.entries[0]?.id;
  discovery.ignore(id ?? '', true);
  clock.advance(10_000);
  expect(sent.at(-1)?.entries).toMatchObject([{ id, ignored: true }]);
  const mapping = { format: 'zigbee2mqtt', device: 'a', asset: 'gate', fields: [] } as const;
  discovery.estateChanged({ ...testEstate(), mappings: [mapping] });
  clock.advance(10_000);
  expect(sent.at(-1)).toMatchObject({ anew: false, entries: [], gone: [id] });
});

it('sends a long list in messages of at most 100 entries and 100 kB', () => {
  // Each letter takes three bytes.
  for (let n = 0; n < 230; n += 1) hear(`${'园'.repeat(80)}-${n}`, 1_024);
  connect();
  for (let n = 0; n < 60; n += 1) clock.advance(10_000);
  expect(sent.flatMap(({ entries }) => entries)).toHaveLength(230);
  expect(sent.map(({ anew }) => anew).indexOf(true, 1)).toBe(-1);
  for (const one of sent) {
    expect(one.entries.length).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(JSON.stringify(one))).toBeLessThan(100 * 1_024);
  }
});
