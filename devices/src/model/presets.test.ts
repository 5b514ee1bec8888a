import { FaultsError } from '@caretaker/readings/base';
import { expect, it } from 'vitest';
import { parsePreset, presetOf } from './presets.ts';

function faultsOf(text: string): string[] {
  try {
    parsePreset(text, 'acme/x1');
    return [];
  } catch (error) {
    if (error instanceof FaultsError) {
      expect(error.code).toBe('DEVICES_PRESET_INVALID');
      return error.faults.map((fault) => `${fault.where} ${fault.code}`);
    }
    throw error;
  }
}

const head = 'name: Acme X1\nformats: [ttn]\n';

it.each([
  ['', 'acme/x1.yaml:1 DEVICES_ESTATE_SHAPE'],
  ['name: [\n', 'acme/x1.yaml:2 DEVICES_ESTATE_YAML'],
  ['name: Acme X1\nformats: [carrier]\n', 'acme/x1.yaml:2: formats[0] DEVICES_ESTATE_SHAPE'],
  [`${head}kinds: { ship: [] }`, 'acme/x1.yaml:3: kinds.ship DEVICES_ESTATE_KIND_UNKNOWN'],
  [
    `${head}kinds: { constructor: [] }`,
    'acme/x1.yaml:3: kinds.constructor DEVICES_ESTATE_KIND_UNKNOWN',
  ],
  [
    `${head}kinds: { bin: [{ path: d, metric: lux }] }`,
    'acme/x1.yaml:3: kinds.bin[0].metric DEVICES_ESTATE_METRIC_UNKNOWN',
  ],
  [
    `${head}kinds: { bin: [{ path: d, metric: tilt, words: { a: 3 } }] }`,
    'acme/x1.yaml:3: kinds.bin[0].words.a DEVICES_ESTATE_WORD_UNKNOWN',
  ],
  [
    `${head}kinds: { bin: [{ path: d, metric: distance_cm, unit: kg }] }`,
    'acme/x1.yaml:3: kinds.bin[0].unit DEVICES_ESTATE_UNIT_UNKNOWN',
  ],
  [
    `${head}kinds: { bin: [{ path: d, metric: distance_cm, or: [e] }] }`,
    'acme/x1.yaml:3: kinds.bin[0].or DEVICES_ESTATE_FIELD_INVALID',
  ],
  [
    `${head}node: [{ path: b, metric: fill_pct }]`,
    'acme/x1.yaml:3: node[0].metric DEVICES_ESTATE_METRIC_UNKNOWN',
  ],
])('says where a preset is wrong: %j', (text, fault) => {
  expect(faultsOf(text)).toContain(fault);
});

it('takes a good one, and knows no other', () => {
  expect(faultsOf(`${head}kinds: { bin: [{ path: d, metric: distance_cm, unit: mm }] }`)).toEqual(
    [],
  );
  expect(presetOf('milesight/em400-mud')?.name).toBe('Milesight EM400-MUD');
  for (const id of ['milesight/none', '../demo/lakeside', 'milesight', '', 'a/b/c']) {
    expect(presetOf(id)).toBeUndefined();
  }
});
