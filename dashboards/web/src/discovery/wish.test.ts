import type { Discovery } from '@caretaker/cloud/contract';
import { expect, it } from 'vitest';
import { suggested, wishOf } from './wish.ts';

const name = { en: 'Bin', zh: '桶' };
const bin = { id: 'bin-3', name, kind: 'bin', touchpoint: 'TP23', place: 'Yard' };
const found: Discovery = {
  ...{ id: 'x', estate: 'court', gateway: 'court-1', state: 'waiting', decided: null, asset: null },
  ...{ format: 'chirpstack', device: '24e1', name: null, topic: 'application/1', count: 3 },
  ...{ first: 1, last: 2, sample: '', bytes: 0 },
  suggestion: {
    ...{ score: 0.9, preset: 'milesight/em400-mud', kind: 'bin', fields: [], doubts: [] },
    kindLabel: name,
    assets: [
      { ...bin, points: ['distance_cm'] },
      { id: 'bin-3-sensor', kind: 'device' },
    ],
    mappings: [{}],
  },
};
const unknown: Discovery = { ...found, name: 'thing', suggestion: null };

it('says nothing of what stays as it was suggested', () => {
  const said = suggested(found, 'zh-CN');
  expect(said).toMatchObject({ id: 'bin-3', name: '桶', place: 'Yard', node: true });
  expect(wishOf(found, said, 'zh-CN')).toEqual({});
  expect(wishOf(found, { ...said, name: '东桶', node: false }, 'zh-CN')).toEqual({
    asset: { name: '东桶' },
    node: null,
  });
});

it('gives the values to an asset that is there', () => {
  const said = { ...suggested(found, 'en'), onto: 'bin-1', name: 'Other' };
  expect(wishOf(found, said, 'en')).toEqual({ onto: 'bin-1' });
});

it('says all of a device of which nothing was recognised', () => {
  const said = {
    ...suggested(unknown, 'en'),
    ...{ id: 'tank', kind: 'bin', touchpoint: 'TP23', place: 'Yard' },
    fields: ' object.level = fill_pct\n\nobject.tilt=tilt\n object.old = fill_pct',
  };
  const fields = [
    { path: 'object.level', metric: 'fill_pct' },
    { path: 'object.tilt', metric: 'tilt' },
    { path: 'object.old', metric: 'fill_pct' },
  ];
  const { name, id, kind, touchpoint, place } = said;
  expect(name).toBe('thing');
  expect(wishOf(unknown, said, 'en')).toEqual({
    asset: { id, name, kind, touchpoint, place, points: ['fill_pct', 'tilt'] },
    mapping: { fields },
  });
  expect(wishOf(unknown, { ...said, onto: 'bin-1', fields: 'temp_c' }, 'en')).toEqual({
    onto: 'bin-1',
    asset: { points: ['temp_c'] },
    mapping: { fields: [{ metric: 'temp_c' }] },
  });
});
