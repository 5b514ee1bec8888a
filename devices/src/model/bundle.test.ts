import { readFileSync } from 'node:fs';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { demoEstate } from '../simulate/index.ts';
import { type Estate, loadEstate, readBundle, readEstateValue } from './index.ts';

const example = loadEstate(
  readFileSync(new URL('./example.yaml', import.meta.url), 'utf8'),
  'example.yaml',
);
const json = (value: unknown) => JSON.parse(JSON.stringify(value));
const bundleOf = (estate: unknown = example) => ({
  format: 1,
  gateway: 'garden-1',
  version: 3,
  issued: 1_780_000_000_000,
  estate: json(estate),
  standard: null,
  credentials: [] as unknown[],
});
const credential = {
  id: 'lamp',
  kind: 'device',
  assets: ['lamp-1'],
  salt: 'a'.repeat(64),
  hash: 'b'.repeat(64),
  created: 1,
};

function faultsOf(read: () => unknown): { code: string; where?: string | undefined }[] {
  try {
    read();
  } catch (error) {
    if (error instanceof FaultsError) {
      return error.faults.map(({ code, where }) => ({ code, where }));
    }
    throw error;
  }
  return [];
}

describe('an estate in JSON', () => {
  it.each([
    ['the example', example],
    ['the demo', demoEstate()],
  ])('is read as what it was: %s', (_name, estate) => {
    expect(readEstateValue(json(estate), 'of the test')).toEqual(estate);
    expect(Object.isFrozen(readEstateValue(json(estate), '').assets)).toBe(true);
  });

  it('keeps the gateway of each asset', () => {
    const [first, ...others] = example.assets;
    const two: Estate = { ...example, assets: [{ ...first!, gateway: 'garden-2' }, ...others] };
    expect(readEstateValue(json(two), '')).toEqual(two);
  });

  it('has every fault told by its path, by the rules of the file', () => {
    const estate = json(example);
    estate.zone = 'Nowhere';
    estate.assets[0].kind = 'rocket';
    estate.assets[1].points[0].cadence = 3_600_000;
    estate.assets[2].estate = 'elsewhere';
    estate.assets[3].gateway = 'Not An Id';
    estate.mappings[2].fields[0].metric = 'weight_kg';
    const faults = faultsOf(() => readEstateValue(estate, ''));
    expect(faults).toEqual(
      expect.arrayContaining([
        { code: 'DEVICES_ESTATE_SHAPE', where: 'zone' },
        { code: 'DEVICES_ESTATE_KIND_UNKNOWN', where: 'assets[0].kind' },
        { code: 'DEVICES_ESTATE_SILENCE_SHORT', where: 'assets[1].points[0].silentAfter' },
        { code: 'DEVICES_ESTATE_FIELD_INVALID', where: 'assets[2].estate' },
        { code: 'DEVICES_ESTATE_SHAPE', where: 'assets[3].gateway' },
      ]),
    );
    expect(faultsOf(() => readEstateValue(null, 'of the test'))).not.toEqual([]);
  });

  it('passes over what only a newer version knows, but for what a device says', () => {
    const estate = json(example);
    estate.colour = 'green';
    estate.assets[0].colour = 'green';
    estate.assets[0].points[0].colour = 'green';
    expect(readEstateValue(estate, '')).toEqual(example);
    estate.mappings[0].colour = 'green';
    expect(faultsOf(() => readEstateValue(estate, ''))).toEqual([
      { code: 'DEVICES_ESTATE_SHAPE', where: 'mappings[0].colour' },
    ]);
  });
});

describe('a bundle', () => {
  it('is read', () => {
    const given = {
      ...bundleOf(),
      credentials: [credential],
      standard: { version: 'v', content: '' },
    };
    expect(readBundle(given)).toEqual({
      ...given,
      estate: example,
      credentials: [{ ...credential, revoked: null }],
    });
  });

  it('has the faults of all its parts told at once', () => {
    const bundle = { ...bundleOf(), version: 0, standard: { version: 'v' } };
    bundle.estate.assets[0].kind = 'rocket';
    expect(faultsOf(() => readBundle(bundle))).toEqual([
      { code: 'DEVICES_BUNDLE_SHAPE', where: 'version' },
      { code: 'DEVICES_BUNDLE_SHAPE', where: 'standard.content' },
      { code: 'DEVICES_ESTATE_KIND_UNKNOWN', where: 'assets[0].kind' },
    ]);
    for (const nothing of [null, 7, 'bundle', []]) {
      expect(faultsOf(() => readBundle(nothing))).not.toEqual([]);
    }
  });

  it('of a newer format says so, whatever else it holds', () => {
    const codes = faultsOf(() => readBundle({ ...bundleOf(), format: 2, version: 'new' }));
    expect(codes[0]).toEqual({ code: 'DEVICES_BUNDLE_FORMAT', where: 'format' });
  });

  it('names no credential twice, and none for an asset that is not there', () => {
    const credentials = [credential, { ...credential, assets: ['moon'] }];
    expect(faultsOf(() => readBundle({ ...bundleOf(), credentials }))).toEqual([
      { code: 'DEVICES_BUNDLE_CREDENTIAL', where: 'credentials[1]' },
      { code: 'DEVICES_BUNDLE_CREDENTIAL', where: 'credentials[1]' },
    ]);
  });
});
