import { loadEstate } from '@caretaker/devices/model';
import type { Reading, ReadingStore } from '@caretaker/readings';
import { encodeFrame } from '@caretaker/readings/frame';
import { expect, it } from 'vitest';
import { Directory } from '../estates/directory.ts';
import { Arrived } from './arrived.ts';
import { Localiser } from './localiser.ts';

const readings = [1, 2, 3].map((at): Reading => {
  return { point: 'lamp/lux', at, received: at, value: at, stamped: true, history: false };
});
const bytes = encodeFrame({
  ...{ gateway: 'court-1', journal: 'a', first: 1, readings, sent: 3 },
  completeTo: { time: 3, sequence: 3 },
});

/** A store that fails as often as told, and counts what it was asked to keep. */
function failing(failures: number) {
  const asked: number[] = [];
  const store = {
    async write(fresh) {
      asked.push(fresh.length);
      if (asked.length <= failures) throw new Error('the disk is full');
      return { written: fresh.length, duplicates: 0, conflicts: [], refused: [] };
    },
  } as Partial<ReadingStore> as ReadingStore;
  return { asked, store };
}

const estate = loadEstate(
  JSON.stringify({
    ...{ id: 'court', name: 'x', zone: 'Asia/Shanghai', gateway: 'court-1' },
    location: { latitude: 31, longitude: 121 },
    assets: [
      { id: 'lamp', name: 'x', place: 'x', kind: 'lighting', touchpoint: 'TP03', points: ['lux'] },
    ],
  }),
  'court.yaml',
);
const localiser = () => new Localiser(new Directory([estate]), 'court');

it('stores a frame once, however often it is asked for', async () => {
  const arrived = new Arrived('court-1', bytes);
  const { store, asked } = failing(0);
  const local = arrived.localised(0, localiser());
  const [ahead, inTurn] = [arrived.store(local, store), arrived.store(local, store)];
  expect(await ahead).toBe(await inTurn);
  expect((await ahead).held.map(({ point }) => point)).toEqual(Array(3).fill('court/lamp/lux'));
  expect(asked).toEqual([3]);
});

it('stores it again when that failed, or when another part of it is news', async () => {
  const arrived = new Arrived('court-1', bytes);
  const { store, asked } = failing(1);
  const names = localiser();
  const inTurn = (skip: number) => arrived.store(arrived.localised(skip, names), store);
  await expect(inTurn(0)).rejects.toThrow('the disk is full');
  expect((await inTurn(0)).fresh).toBe(3);
  expect((await inTurn(2)).fresh).toBe(1);
  expect(asked).toEqual([3, 3, 1]);
});

it('is no frame of its gateway when it is none, or one of another', () => {
  expect(new Arrived('court-1', bytes).ownFrame?.readings).toEqual(readings);
  expect(new Arrived('court-2', bytes).ownFrame).toBeNull();
  expect(new Arrived('court-1', bytes.subarray(1)).ownFrame).toBeNull();
  expect(() => new Arrived('court-1', bytes.subarray(1)).frame).toThrow('not a frame');
});

it('is in order when each reading is newer than those of its point before, of which there were some', () => {
  const names = localiser();
  const at = (...instants: number[]) =>
    names.localise(instants.map((n) => ({ ...(readings[0] as Reading), at: n }))).inOrder;
  expect(at(10)).toBe(false);
  expect(at(11, 12)).toBe(true);
  expect(at(12)).toBe(false);
  expect(at(5)).toBe(false);
  expect(at(14, 13)).toBe(false);
  expect(at(15)).toBe(true);
  expect(at()).toBe(true);
});
