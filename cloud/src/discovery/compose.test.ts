import { readFile } from 'node:fs/promises';
import { editEstate, loadEstate } from '@caretaker/devices/model';
import { expect, it } from 'vitest';
import { estateFile } from '../testing/cloud.ts';
import { assetOf, compose } from './compose.ts';

const estate = loadEstate(await readFile(estateFile, 'utf8'), estateFile);
const bin = { id: 'yard-bin', name: 'Yard bin', kind: 'bin', touchpoint: 'TP23', place: 'Yard' };
const node = { ...bin, id: 'yard-bin-sensor', kind: 'device', points: ['battery_pct'] };
const found = {
  ...{
    format: 'chirpstack',
    device: '24e124136b502217',
    topic: 'application/1/device/24e1/event/up',
  },
  suggestion: {
    kindLabel: { en: 'Bin', zh: '垃圾桶' },
    ...{ score: 0.9, preset: 'milesight/em400-mud', kind: 'bin', fields: [], doubts: [] },
    assets: [{ ...bin, points: ['distance_cm', 'tilt'] }, node],
    mappings: [
      {
        ...{ format: 'chirpstack', device: '24e124136b502217', asset: 'yard-bin' },
        ...{ node: 'yard-bin-sensor', preset: 'milesight/em400-mud' },
      },
    ],
  },
};
const unknown = { ...found, suggestion: null };

it('takes a suggestion as it is, as the estate reads it', () => {
  const edited = editEstate(estate, compose(found, {}, estate));
  expect(edited.assets.slice(-2).map(({ id, demo }) => [id, demo])).toEqual([
    ['yard-bin', false],
    ['yard-bin-sensor', false],
  ]);
  expect(edited.mappings.at(-1)).toMatchObject({
    ...{ device: '24e124136b502217', asset: 'yard-bin', node: 'yard-bin-sensor' },
  });
  expect(edited.mappings.at(-1)?.fields.map(({ metric }) => metric)).toContain('distance_cm');
});

it('gives what is named otherwise its name everywhere', () => {
  const wish = { asset: { id: 'east' }, node: { id: 'east-sensor' } };
  expect(assetOf(found, wish)).toBe('east');
  const edited = editEstate(estate, compose(found, wish, estate));
  expect(edited.mappings.at(-1)).toMatchObject({ asset: 'east', node: 'east-sensor' });
  expect(edited.assets.at(-2)).toMatchObject({ id: 'east', name: { en: 'Yard bin' } });
});

it('leaves out the device itself, and what it says of itself', () => {
  const edit = compose(found, { node: null }, estate);
  expect(edit.assets).toHaveLength(1);
  expect(edit.mappings).toEqual([
    { ...found.suggestion.mappings[0], asset: 'yard-bin', node: undefined },
  ]);
  expect(editEstate(estate, edit).mappings.at(-1)).not.toHaveProperty('node');
});

it('adds to an asset that is there what it lacks, and no more', () => {
  const edit = compose(found, { onto: 'bin-2' }, estate);
  expect(edit.points).toEqual({ 'bin-2': ['distance_cm'] });
  const edited = editEstate(estate, edit);
  expect(edited.mappings.at(-1)?.asset).toBe('bin-2');
  expect(compose(found, { onto: 'bin-2' }, edited)).not.toHaveProperty('points');
});

it('asks for the fields of a device of which nothing is known, and names it as it is known', () => {
  expect(() => compose(unknown, {}, estate)).toThrow(
    expect.objectContaining({ code: 'CLOUD_DISCOVERY_NO_SUGGESTION' }),
  );
  const fields = [{ path: 'object.level', metric: 'fill_pct' }];
  const wish = { asset: { ...bin, points: ['fill_pct'] }, mapping: { fields, preset: null } };
  expect(compose(unknown, wish, estate)).toEqual({
    assets: [{ demo: false, ...bin, points: ['fill_pct'] }],
    mappings: [{ format: 'chirpstack', device: '24e124136b502217', asset: 'yard-bin', fields }],
  });
  const plain = { ...unknown, format: 'json', topic: 'yard/bin' };
  expect(compose(plain, wish, estate).mappings).toMatchObject([{ topic: 'yard/bin' }]);
});
