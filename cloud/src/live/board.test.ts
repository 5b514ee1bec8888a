import { loadEstate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import type { Clock } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { expect, it } from 'vitest';
import type { LiveEvents } from '../contract/index.ts';
import { openDatabase } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { Directory } from '../estates/directory.ts';
import { GatewayRegistry } from '../gateways/registry.ts';
import { LiveBoard } from './board.ts';
import { EventRing } from './ring.ts';
import { LiveStreams } from './streams.ts';

const name = { en: 'x', zh: 'x' };
const assets = Array.from({ length: 9 }, (_, i) => ({
  ...{ id: `lamp-${i}`, kind: 'lighting', touchpoint: 'TP03' },
  ...{ name, place: name, points: ['lux'] },
}));
const estate = loadEstate(
  JSON.stringify({
    ...{ id: 'court', name, zone: 'Asia/Shanghai', gateway: 'court-1', assets },
    location: { latitude: 31, longitude: 121 },
  }),
  'court.yaml',
);

async function boardOf() {
  const directory = new Directory([estate]);
  const database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
  const registry = new GatewayRegistry();
  await registry.load(database, directory, 0);
  await database.close();
  const clock = manualClock(0);
  // Each look at the clock finds three milliseconds gone.
  let spent = 0;
  const busy: Clock = { ...clock, monotonic: () => (spent += 3) };
  const ring = new EventRing('b');
  const board = new LiveBoard({
    ...{ directory, registry, ring, clock: busy },
    streams: new LiveStreams(ring, clock),
    conditions: () => [],
    plannedOn: () => null,
    factOf: () => name,
  });
  const told = (from: number) => {
    const parts: string[][] = [];
    for (let n = from; n <= ring.last; n += 1) {
      const event = ring.at(n);
      if (event?.type !== 'state') continue;
      const state: LiveEvents['state'] = JSON.parse(event.data);
      parts.push(state.assets.map(({ id }) => id.slice('court/lamp-'.length)));
    }
    return parts;
  };
  return { board, told, clock };
}

const subjects = estate.assets.map(({ id }) => `court/${id}`);

it('tells of many assets in parts with a rest between them, of emergencies first', async () => {
  const { board, told, clock } = await boardOf();
  const fire = {
    subject: 'court/lamp-7',
    estate: 'court',
    severity: 'emergency',
    worst: null,
    reason: null,
    why: '{}',
  };
  board.judged({ episodes: [fire as EpisodeRow], tickets: [] }, [], subjects);
  expect(told(1)).toEqual([['7', '0']]);
  clock.advance(1_000);
  expect(told(1)).toEqual([['7', '0'], ['1', '2'], ['3', '4'], ['5', '6'], ['8']]);
});

it('tells of what is not new in longer turns, and of all of it in the end', async () => {
  const { board, told, clock } = await boardOf();
  const readings = subjects.map((subject): Reading => {
    const point = `${subject}/lux`;
    return { point, at: 1, received: 1, value: 20, stamped: true, history: false };
  });
  board.judged({ episodes: [], tickets: [] }, readings, [], true);
  clock.advance(250 + 240);
  expect(told(1)).toEqual([['0', '1']]);
  clock.advance(10);
  expect(told(1)).toEqual([
    ['0', '1'],
    ['2', '3'],
  ]);
  board.judged({ episodes: [], tickets: [] }, readings.slice(0, 1), [], false);
  clock.advance(250 + 3 * 20);
  expect(told(1).flat()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
});
