import type { Standard, StandardItem } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { countChecks, itemsWith, sectionsOf } from './find.ts';

const item = (id: string, group: string, given: Partial<StandardItem>): StandardItem => ({
  id,
  number: null,
  touchpoint: id.slice(0, 4),
  group,
  name: { en: id, zh: id },
  origin: 'standard',
  aspect: 'facility',
  check: 'inspection',
  also: null,
  kano: 'must-be',
  team: 'engineering',
  process: null,
  times: [],
  source: 'F0.1',
  confirmed: true,
  rules: [],
  ...given,
});
const standard: Standard = {
  version: 'v',
  effective: 0,
  refused: null,
  groups: [
    { id: 'roads', number: 2, name: { en: 'Roads', zh: '道路' } },
    { id: 'bins', number: 7, name: { en: 'Bins', zh: '垃圾桶' } },
    { id: 'others', number: 21, name: { en: 'Others', zh: '其他' } },
  ],
  touchpoints: [
    { id: 'TP03', name: { en: 'Roads and plazas', zh: '道路、广场' }, group: 'roads' },
    { id: 'TP23', name: { en: 'Refuse', zh: '垃圾' }, group: 'bins' },
    { id: 'TP24', name: { en: 'Clubhouse', zh: '会所' }, group: 'others' },
    { id: 'TP25', name: { en: 'Shops', zh: '商铺' }, group: 'others' },
  ],
  items: [
    item('TP03-01', 'roads', { name: { en: 'Lamps burn', zh: '路灯点亮' }, check: 'sensor' }),
    item('TP23-01', 'bins', { name: { en: 'Nothing overflows', zh: '不满溢' }, check: 'sensor' }),
    item('TP23-02', 'bins', { name: { en: 'Bins are clean', zh: '桶身干净' } }),
    item('TP24-01', 'others', { check: 'process' }),
    item('TP25-01', 'others', { check: 'name-only' }),
  ],
};
const idsOf = (items: readonly StandardItem[]) => items.map(({ id }) => id);

describe('the items that were asked for', () => {
  it('hold every word, in either language, in id, name or touchpoint', () => {
    expect(idsOf(itemsWith(standard, 'BINS clean'))).toEqual(['TP23-02']);
    expect(idsOf(itemsWith(standard, 'refuse'))).toEqual(['TP23-01', 'TP23-02']);
    expect(idsOf(itemsWith(standard, '路灯'))).toEqual(['TP03-01']);
    expect(idsOf(itemsWith(standard, 'tp24'))).toEqual(['TP24-01']);
    expect(itemsWith(standard, 'lamps clean')).toEqual([]);
    expect(itemsWith(standard, '')).toHaveLength(5);
  });

  it('stand below their touchpoint and group, with their counts', () => {
    const sections = sectionsOf(standard, standard.items);
    expect(sections.map(({ group }) => group.id)).toEqual(['roads', 'bins', 'others']);
    expect(sections[2]?.touchpoints.map((one) => one.touchpoint.id)).toEqual(['TP24', 'TP25']);
    expect(sections[1]?.counts).toEqual(countChecks(standard.items.slice(1, 3)));
    expect(countChecks(standard.items)).toEqual({
      all: 5,
      sensor: 2,
      inspection: 1,
      process: 1,
      'name-only': 1,
    });
  });

  it('leave out groups in which nothing was found', () => {
    const sections = sectionsOf(standard, itemsWith(standard, 'refuse'));
    expect(sections.map(({ group }) => group.id)).toEqual(['bins']);
  });
});
