import { readFileSync } from 'node:fs';
import { FaultsError } from '@caretaker/readings/base';
import { expect, it } from 'vitest';
import { kinds } from '../kinds/index.ts';
import { demoEstate } from '../simulate/index.ts';
import { type EstateEdit, editEstate, loadEstate } from './index.ts';

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
const estate = loadEstate(example, 'example.yaml');

const tank = {
  id: 'bin-2',
  name: 'Bin 2',
  kind: 'bin',
  touchpoint: 'TP23',
  place: 'Plaza',
  demo: false,
  relations: { vouch: 'bin-1' },
  points: ['tilt', { metric: 'fill_pct', cadence: '2h', limits: { 'bin-full': { limit: 70 } } }],
};

/** What is wrong with a change, with its place. */
function faultsOf(edit: EstateEdit): string[] {
  try {
    editEstate(estate, edit);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map((f) => `${f.where} ${f.code}`);
    throw error;
  }
  return [];
}

it('reads new assets and mappings as a file of the estate with them would be read', () => {
  const mapping = { topic: 'zigbee2mqtt/bin 2', format: 'json', asset: 'bin-2' };
  const fields = [{ path: 'tilted', metric: 'tilt' }];
  const edited = editEstate(estate, { assets: [tank], mappings: [{ ...mapping, fields }] });
  const added = edited.assets.at(-1);
  expect(added).toMatchObject({
    id: 'bin-2',
    estate: 'garden',
    gateway: 'garden-1',
    demo: false,
    relations: { vouch: ['bin-1'] },
  });
  expect(added?.points[1]).toMatchObject({
    id: 'garden/bin-2/fill_pct',
    cadence: 7_200_000,
    silentAfter: 21_600_000,
  });
  expect(edited.mappings.at(-1)).toMatchObject({ ...mapping, fields });
  expect(edited.assets.slice(0, -1)).toEqual(estate.assets);
  expect(edited.assets[0]).toBe(estate.assets[0]);
});

it('adds points to an asset that is there, and leaves those that it has as they are', () => {
  const edited = editEstate(estate, { points: { hall: ['humidity_pct'] } });
  const before = estate.assets[1];
  expect(edited.assets[1]).toEqual({
    ...before,
    points: [
      ...(before?.points ?? []),
      expect.objectContaining({ id: 'garden/hall/humidity_pct', metric: 'humidity_pct' }),
    ],
  });
  expect(edited.mappings).toBe(estate.mappings);
  // With all that an asset may have.
  expect(editEstate(estate, { points: { 'north-gate': ['forced'] } }).assets[0]).toMatchObject({
    ...estate.assets[0],
    points: [...(estate.assets[0]?.points ?? []), { metric: 'forced' }],
  });
});

it('leaves every asset as it is but for what it gets, whichever that is', () => {
  for (const whole of [estate, demoEstate()]) {
    for (const asset of whole.assets) {
      const held = new Set(asset.points.map(({ metric }) => metric));
      const lacking = Object.keys(kinds[asset.kind]?.metrics ?? {}).filter((one) => !held.has(one));
      if (lacking.length === 0) continue;
      const edited = editEstate(whole, { points: { [asset.id]: lacking } });
      const grown = edited.assets.find(({ id }) => id === asset.id);
      expect(grown?.points.slice(0, asset.points.length)).toEqual(asset.points);
      expect({ ...grown, points: asset.points }).toEqual(asset);
      expect(grown?.points.map(({ metric }) => metric)).toEqual([...held, ...lacking]);
      expect(edited.assets.filter((one) => !whole.assets.includes(one))).toEqual([grown]);
    }
  }
});

it('takes mappings away and puts others in their place', () => {
  const mapping = { topic: 'tele/hall', format: 'bare', asset: 'hall' };
  const fields = [{ metric: 'temp_c' }];
  const edited = editEstate(estate, { dropMappings: [3], mappings: [{ ...mapping, fields }] });
  expect(edited.mappings.slice(0, 3)).toEqual(estate.mappings.slice(0, 3));
  expect(edited.mappings.at(-1)).toMatchObject(mapping);
  expect(edited.mappings).toHaveLength(estate.mappings.length);
  expect(edited.assets).toBe(estate.assets);
});

it('tells every fault of what is new, each with its place', () => {
  expect(
    faultsOf({
      assets: [
        { ...tank, id: 'hall' },
        { ...tank, relations: { vouch: 'nowhere' }, points: ['speed'] },
        { ...tank, id: 'bin-3', kind: 'rocket' },
      ],
      points: { hall: ['humidity_pct', 'temp_c', 'speed'], none: ['tilt'] },
      mappings: [{ topic: 'caretaker/x', format: 'json', asset: 'hall', fields: [] }],
      dropMappings: [9],
    }).sort(),
  ).toEqual([
    'assets[0].id DEVICES_ESTATE_ID_TWICE',
    'assets[1].points[0] DEVICES_ESTATE_METRIC_UNKNOWN',
    'assets[1].relations.vouch DEVICES_ESTATE_ASSET_UNKNOWN',
    'assets[2].kind DEVICES_ESTATE_KIND_UNKNOWN',
    'dropMappings[0] DEVICES_ESTATE_MAPPING_UNKNOWN',
    'mappings[0].fields DEVICES_ESTATE_SHAPE',
    'mappings[0].topic DEVICES_ESTATE_SHAPE',
    'points.hall[1] DEVICES_ESTATE_ID_TWICE',
    'points.hall[2] DEVICES_ESTATE_METRIC_UNKNOWN',
    'points.none DEVICES_ESTATE_ASSET_UNKNOWN',
  ]);
});
