import type { Estate } from '@caretaker/devices/model';
import { expect, it } from 'vitest';
import type { Standard } from '../catalogue/standard.ts';
import { checkClocks } from './own-clocks.ts';

it('names each item with time limits that the standard does not have', () => {
  const standard = { items: [{ id: 'TP27-S1' }] } as unknown as Standard;
  const items = { 'TP27-S1': { arrive: '15m' }, 'TP99-01': { arrive: '15m' } };
  const court = { id: 'court', clocks: { items } } as unknown as Estate;
  const park = { id: 'park' } as Estate;
  expect(checkClocks(standard, [court, park])).toEqual([
    {
      code: 'STANDARDS_UNKNOWN_OVERRIDE',
      message: 'the standard has no item "TP99-01"',
      where: 'court clocks.items.TP99-01',
    },
  ]);
});
