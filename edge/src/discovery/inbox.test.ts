import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Unmapped } from '@caretaker/devices/decode';
import { loadEstate } from '@caretaker/devices/model';
import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { discoveryEntrySchema } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { testEstate, testEstateText } from '../testing.ts';
import { Discovery } from './inbox.ts';

let file: string;
let remove: () => Promise<void>;
let clock: ManualClock;
let open: Discovery[] = [];

beforeEach(async () => {
  const folder = await scratch();
  file = path.join(folder.directory, 'discovery.sqlite');
  remove = folder.remove;
  clock = manualClock(1_000_000);
});
afterEach(async () => {
  for (const one of open) one.stop();
  open = [];
  await remove();
});

function begin(rows?: number): Discovery {
  const more = rows === undefined ? {} : { rows };
  const inbox = new Discovery({ file, estate: testEstate(), clock, log: silentLog, ...more });
  inbox.start();
  open.push(inbox);
  return inbox;
}

function contact(device: string, body: Unmapped['body'] = { contact: true }): Unmapped {
  const topic = `zigbee2mqtt/${device}`;
  return { format: 'zigbee2mqtt', device, aliases: [], name: null, topic, body };
}

/** The message and the second until it is written. */
function hear(inbox: Discovery, said: Unmapped): void {
  inbox.note(said, Buffer.from(JSON.stringify(said.body)));
  clock.advance(1_000);
}

/** What a listener is told, in order. */
function told(inbox: Discovery): string[] {
  const heard: string[] = [];
  inbox.listen({
    changed: (id) => heard.push(`changed ${id}`),
    counted: (id) => heard.push(`counted ${id}`),
    gone: (id) => heard.push(`gone ${id}`),
  });
  return heard;
}

describe('the inbox', () => {
  it('has one row a device, with its last message, a count and a suggestion, after a restart too', () => {
    const inbox = begin();
    inbox.note(contact('cellar'), Buffer.from('{"contact":true}'));
    inbox.note(contact('cellar'), Buffer.from('{"contact":true}'));
    expect(inbox.listed).toBe(0);
    clock.advance(1_000);
    hear(inbox, contact('cellar', { contact: false, battery: 97 }));
    inbox.stop();
    const [entry, ...others] = begin().entries();
    expect(others).toEqual([]);
    expect(discoveryEntrySchema.parse(entry)).toMatchObject({
      ...{ format: 'zigbee2mqtt', device: 'cellar', topic: 'zigbee2mqtt/cellar', count: 3 },
      ...{ first: 1_001_000, last: 1_002_000, ignored: false, bytes: 30 },
      sample: Buffer.from('{"contact":false,"battery":97}').toString('base64'),
      suggestion: {
        kind: 'access-gate',
        assets: [{ id: 'cellar' }, { id: 'cellar-sensor', kind: 'device' }],
        mappings: [{ format: 'zigbee2mqtt', device: 'cellar', asset: 'cellar' }],
      },
    });
  });

  it('gathers what a device says in several messages', () => {
    const inbox = begin();
    hear(inbox, contact('cellar', { battery: 97 }));
    expect(inbox.entries()[0]?.suggestion).toBeNull();
    hear(inbox, contact('cellar', { contact: true }));
    const fields = inbox.entries()[0]?.suggestion?.fields.map(({ metric }) => metric);
    expect(fields).toEqual(['door', 'battery_pct']);
  });

  it('gathers what a device says at once on several topics', () => {
    const inbox = begin();
    const plug = { format: 'tasmota', device: 'plug', aliases: [], name: null } as const;
    const say = (leaf: string, body: Unmapped['body']) =>
      inbox.note({ ...plug, topic: `tele/plug/${leaf}`, body }, Buffer.from(JSON.stringify(body)));
    say('STATE', { POWER: 'ON', $rssi: -57 });
    say('SENSOR', { BH1750: { Illuminance: 79 } });
    say('SENSOR', { BH1750: { Illuminance: 80 } });
    clock.advance(1_000);
    const [entry, ...others] = inbox.entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ count: 3, topic: 'tele/plug/SENSOR' });
    const fields = entry?.suggestion?.fields.map(({ metric }) => metric);
    expect(fields).toEqual(['lux', 'rssi_dbm']);
  });

  it('keeps what a device said when it only says that it lives', () => {
    const inbox = begin();
    hear(inbox, contact('cellar'));
    const join = { ...contact('cellar', { $rssi: -90 }), topic: 'zigbee2mqtt/cellar/availability' };
    hear(inbox, join);
    const sample = Buffer.from('{"contact":true}').toString('base64');
    expect(inbox.entries()).toMatchObject([{ topic: 'zigbee2mqtt/cellar', count: 2, sample }]);
  });

  it('tells what is new, and what was only counted', () => {
    const inbox = begin();
    const heard = told(inbox);
    hear(inbox, contact('cellar'));
    hear(inbox, contact('cellar', { contact: false }));
    const id = inbox.entries()[0]?.id ?? '';
    expect(heard).toEqual([`changed ${id}`, `counted ${id}`]);
    expect(inbox.ignore(id, true)).toBe(true);
    expect([inbox.ignore('x', true), inbox.listed]).toEqual([false, 0]);
    inbox.stop();
    hear(begin(), contact('cellar'));
    expect(begin().entries()).toMatchObject([{ ignored: true, count: 3 }]);
  });

  it('loses a row when a mapping names it, and proposes no id that is taken', () => {
    const inbox = begin();
    const heard = told(inbox);
    for (const name of ['cellar', 'attic', 'by-topic', 'floor/2']) hear(inbox, contact(name));
    hear(inbox, { ...contact('bin-9'), device: 'by-alias', aliases: ['0x00158d0007ef997c'] });
    const ids = new Map(inbox.entries().map(({ id, device }) => [device, id]));
    const point = 'kind: access-gate, touchpoint: TP01, place: Yard, points: [door] }';
    const text = [
      testEstateText(),
      `  - { id: attic, name: Attic, ${point}`,
      'mappings:',
      '  - { format: zigbee2mqtt, device: cellar, asset: attic }',
      '  - { format: zigbee2mqtt, topic: zigbee2mqtt/by-topic, asset: attic }',
      '  - { format: zigbee2mqtt, topic: zigbee2mqtt/floor/+, asset: attic }',
      '  - { format: zigbee2mqtt, device: "0x00158d0007ef997c", asset: attic }',
    ].join('\n');
    heard.length = 0;
    inbox.estateChanged(loadEstate(text, 'yard.yaml'));
    const [left, ...others] = inbox.entries();
    expect(others).toEqual([]);
    expect(left?.suggestion?.assets[0]).toMatchObject({ id: 'attic-2' });
    const named = ['by-alias', 'by-topic', 'cellar', 'floor/2'];
    const gone = named.map((name) => `gone ${ids.get(name)}`);
    expect(heard.sort()).toEqual([...gone, `changed ${ids.get('attic')}`].sort());
  });

  it('is bounded: the one quiet for longest goes first, an ignored one last', () => {
    const inbox = begin(4);
    for (const n of [1, 2, 3]) hear(inbox, contact(`d${n}`));
    const first = inbox.entries().find(({ device }) => device === 'd1');
    inbox.ignore(first?.id ?? '', true);
    for (const n of [4, 5]) hear(inbox, contact(`d${n}`));
    hear(inbox, contact('d3'));
    hear(inbox, contact('d6'));
    expect(inbox.entries().map(({ device }) => device)).toEqual(['d6', 'd3', 'd5', 'd1']);
  });

  it('takes a flood of strangers in parts, and counts what it did not look at', () => {
    const inbox = begin();
    for (let n = 0; n < 2_000; n += 1) inbox.note(contact(`d${n}`), Buffer.from('{}'));
    inbox.note(contact('d7'), Buffer.from('{}'));
    expect([inbox.entries().length, inbox.missed]).toEqual([50, 1_950]);
    expect(inbox.entries().find(({ device }) => device === 'd7')?.count).toBe(2);
  });

  it('lists nothing of our own', () => {
    const inbox = begin();
    const ours = { ...contact('x'), topic: 'ctk-events/1/yard/state/gate' };
    for (const topic of [ours.topic, 'ctk/1/yard-1/acks', '$SYS/uptime']) {
      hear(inbox, { ...ours, topic });
    }
    expect(inbox.entries()).toEqual([]);
  });

  it('begins anew when its file is damaged', () => {
    writeFileSync(file, 'no database at all'.repeat(100));
    const inbox = begin();
    hear(inbox, contact('cellar'));
    expect(inbox.entries()).toHaveLength(1);
    inbox.stop();
    // Its first page is whole, so it still opens.
    writeFileSync(file, readFileSync(file).fill(0x55, 4_096));
    const again = begin();
    expect(again.entries()).toEqual([]);
    hear(again, contact('attic'));
    expect(again.entries()).toHaveLength(1);
  });

  it('is empty when its file cannot be read any more, and ends nothing', () => {
    const inbox = begin();
    hear(inbox, contact('cellar'));
    const id = inbox.entries()[0]?.id ?? '';
    const other = new DatabaseSync(file);
    other.exec('DROP TABLE talker');
    other.close();
    expect([inbox.entries(), inbox.entry(id), inbox.listed]).toEqual([[], null, 0]);
    hear(inbox, contact('attic'));
  });
});

describe('what a device describes for Home Assistant', () => {
  const source = 'homeassistant/binary_sensor/gate1/contact/config';
  const config = {
    ...{ name: 'Gate 1', unique_id: 'gate1_contact', device_class: 'door' },
    ...{ state_topic: 'plant/g1', value_template: '{{ value_json.c }}' },
    ...{ payload_on: 'A', payload_off: 'B' },
  };

  it('is used for its topic, before and after it talks, and after a restart', () => {
    const inbox = begin();
    const talk = { format: 'json', device: 'plant/g1', aliases: [], name: null } as const;
    hear(inbox, { ...talk, topic: 'plant/g1', body: { c: 'A' } });
    expect(inbox.entries()[0]?.suggestion).toBeNull();
    expect(inbox.learn('plant/g1', Buffer.from('{}'))).toBe(false);
    expect(inbox.learn(source, Buffer.from(JSON.stringify(config)))).toBe(true);
    clock.advance(1_000);
    const mapping = {
      ...{ format: 'json', topic: 'plant/g1' },
      fields: [{ path: 'c', metric: 'door', words: { A: 'open', B: 'closed' } }],
    };
    expect(inbox.entries()[0]?.suggestion?.mappings).toMatchObject([mapping]);
    inbox.stop();
    const again = begin();
    hear(again, { ...talk, topic: 'plant/g1', body: { c: 'B', d: 1 } });
    expect(again.entries()[0]?.suggestion?.mappings).toMatchObject([mapping]);
    again.learn(source, Buffer.alloc(0));
    clock.advance(1_000);
    expect(again.entries()[0]?.suggestion).toBeNull();
  });
});
