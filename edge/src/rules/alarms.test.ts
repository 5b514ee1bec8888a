import path from 'node:path';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { type Alarm, type AlarmAction, alarmKey } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entrapment } from '../actions/testing.ts';
import { scratch } from '../journal/testing.ts';
import { Alarms } from './alarms.ts';

const alarm = entrapment({ raised: Date.now() });
const key = alarmKey(alarm);
const acted = (at: number): AlarmAction => ({
  ...{ kind: 'mqtt', target: 'siren', undo: false, at, ok: true, error: null },
});

let directory: string;
let remove: () => Promise<void>;
let sent: Alarm[];
let alarms: Alarms;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  sent = [];
  await open();
  await alarms.raise(alarm);
});
afterEach(async () => {
  await alarms.close();
  await remove();
});

async function open(): Promise<void> {
  const file = path.join(directory, 'alarms.json');
  alarms = new Alarms({
    ...{ file, clock: systemClock, log: silentLog },
    send(status) {
      if (status.type === 'alarm') sent.push(status.alarm);
      return true;
    },
  });
  await alarms.open();
}

it('is sent again with what was done, until the cloud has all of that', async () => {
  alarms.stored(key, 0);
  expect(alarms.counts.waiting).toBe(0);
  alarms.acted(key, [acted(1)]);
  expect(sent.map(({ actions }) => actions.length)).toEqual([0, 1]);
  // The answer to the first one, on its way meanwhile.
  alarms.stored(key, 0);
  expect(alarms.counts.waiting).toBe(1);
  alarms.stored(key, 1);
  expect(alarms.counts.waiting).toBe(0);
  alarms.acted(key, [acted(1)]);
  expect(alarms.counts).toMatchObject({ waiting: 0, raised: 1 });
});

it('is done with when a cloud has it that knows of no actions', () => {
  alarms.acted(key, [acted(1)]);
  alarms.stored(key, null);
  expect(alarms.counts.waiting).toBe(0);
});

it('keeps over a restart what was done, and the end that came after the cloud had it', async () => {
  alarms.stored(key, 0);
  alarms.ended(key, 90_000);
  alarms.acted(key, [acted(1)]);
  await alarms.close();
  await open();
  expect(alarms.waiting).toEqual([{ ...alarm, end: 90_000, actions: [acted(1)] }]);
});

it('tells who listens of every change', async () => {
  const heard: [number | null, number][] = [];
  const stop = alarms.onAlarm(({ end, actions }) => heard.push([end, actions.length]));
  alarms.acted(key, [acted(1)]);
  alarms.ended(key, 90_000);
  alarms.ended(key, 90_000);
  await alarms.raise(entrapment({ onset: 2_000, raised: Date.now() }));
  stop();
  alarms.acted(key, [acted(1), acted(2)]);
  expect(heard).toEqual([
    [null, 1],
    [90_000, 1],
    [null, 0],
  ]);
});
