import { readFile } from 'node:fs/promises';
import { type Asset, type Estate, loadEstate, readBundle } from '@caretaker/devices/model';
import { demoEstate } from '@caretaker/devices/simulate';
import { readStandard } from '@caretaker/standards';
import { expect, it } from 'vitest';
import { contentOf, hashOf, type Sources } from './content.ts';

const asset = (id: string, more = '') =>
  `  - { id: ${id}, name: ${id}, kind: bin, touchpoint: TP23, place: Yard, points: [temp_c], ${more} }`;
const mapping = (id: string) =>
  `  - { topic: yard/${id}, format: bare, asset: ${id}, fields: [{ metric: temp_c }] }`;

const declared = loadEstate(
  [
    'id: yard',
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: yard-1',
    'assets:',
    asset('one', 'relations: { vouch: two }'),
    asset('two', 'relations: { vouch: three }'),
    asset('three'),
    asset('four', 'relations: { vouch: one }'),
    asset('five'),
    'mappings:',
    ...['one', 'two', 'four'].map(mapping),
  ].join('\n'),
  'yard.yaml',
);
const step = { do: [], undo: [] };
/** All but the first come by another gateway. */
const estate: Estate = {
  ...declared,
  actions: [
    { rule: 'all', ...step },
    { rule: 'some', assets: ['one', 'two'], ...step },
    { rule: 'others', assets: ['two'], ...step },
  ],
  assets: declared.assets.map((a): Asset => (a.id === 'one' ? a : { ...a, gateway: 'yard-2' })),
};
const standard = readStandard([
  {
    name: 'groups.yaml',
    text: 'groups: [{ id: bins, number: 1, name: { en: Bins, zh: 垃圾桶 } }]',
  },
]);
const secret = { salt: '0'.repeat(64), hash: '1'.repeat(64), created: 1, revoked: null };
const sources: Sources = {
  estate,
  standard,
  credentials: [
    { kind: 'device', id: 'a', assets: ['one'], ...secret },
    { kind: 'device', id: 'b', assets: ['one', 'two'], ...secret },
    { kind: 'bridge', id: 'c', prefix: 'zigbee2mqtt', ...secret },
  ],
};

it('holds the assets of the gateway, what they are related to, and no more', () => {
  const content = contentOf('yard-1', sources);
  expect(content.estate.assets.map(({ id }) => id)).toEqual(['one', 'two', 'three']);
  expect(content.estate.mappings.map((one) => one.asset)).toEqual(['one']);
  expect(content.estate.actions.map(({ rule, assets }) => [rule, assets])).toEqual([
    ['all', undefined],
    ['some', ['one']],
  ]);
  expect(content.credentials.map(({ id }) => id)).toEqual(['a', 'c']);
  expect(content.standard).toMatchObject({ version: standard.version });
  expect(contentOf('yard-2', sources).estate.assets.map(({ id }) => id)).toEqual([
    'one',
    'two',
    'three',
    'four',
    'five',
  ]);
});

it('has the name of what is in it', () => {
  const name = hashOf(contentOf('yard-1', sources));
  expect(hashOf(contentOf('yard-1', structuredClone(sources)))).toBe(name);
  // What another gateway has is nothing to this one.
  const others = estate.assets.filter(({ id }) => id !== 'five');
  const fewer = { ...sources, estate: { ...estate, assets: others } };
  expect(hashOf(contentOf('yard-1', fewer))).toBe(name);
  const names = [
    contentOf('yard-2', sources),
    contentOf('yard-1', { ...sources, credentials: [] }),
    contentOf('yard-1', { ...sources, estate: { ...estate, holidays: ['2026-10-01'] } }),
    contentOf('yard-1', { ...sources, standard: { ...standard, version: 'other' } }),
  ].map(hashOf);
  expect(new Set([name, ...names]).size).toBe(5);
});

it('is what a gateway reads of it, whatever an estate may have', async () => {
  const file = new URL('../../../devices/src/model/example.yaml', import.meta.url);
  const example = loadEstate(await readFile(file, 'utf8'), 'example.yaml');
  for (const whole of [example, demoEstate(), declared]) {
    const content = contentOf(whole.gateway, { estate: whole, standard, credentials: [] });
    const sent = JSON.stringify({ format: 1, version: 1, issued: 1, ...content });
    expect(readBundle(JSON.parse(sent)).estate).toEqual(whole);
  }
});
