import fc from 'fast-check';
import { expect, it } from 'vitest';
import { covers, type Grant, narrow, roles } from './principal.ts';

const estates = ['court', 'park', 'lake'];
const scope = fc.oneof(fc.constant('all' as const), fc.subarray(estates, { minLength: 1 }));
const grants = fc.array(fc.record({ role: fc.constantFrom(...roles), estates: scope }), {
  maxLength: 4,
});
const reaches = (held: readonly Grant[], role: string, estate: string) =>
  held.some((g) => g.role === role && (g.estates === 'all' || g.estates.includes(estate)));

it('never hands on more than was asked for, nor for an estate where nothing is held', () => {
  fc.assert(
    fc.property(grants, grants, (wanted, held) => {
      const left = narrow(wanted, held);
      for (const role of roles) {
        for (const estate of [...estates, 'elsewhere']) {
          if (!reaches(left, role, estate)) continue;
          expect(reaches(wanted, role, estate)).toBe(true);
          const having = roles.filter((r) => reaches(held, r, estate));
          expect(having).not.toEqual([]);
          if (role === 'administrator') expect(having).toContain('administrator');
          if (role === 'engineer') expect(having).not.toEqual(['manager']);
        }
      }
    }),
  );
});

it('leaves what is held as it is, and an administrator of all hands on anything', () => {
  fc.assert(
    fc.property(grants, (held) => {
      expect(narrow(held, [{ role: 'administrator', estates: 'all' }])).toEqual(held);
      const again = narrow(held, held);
      for (const role of roles)
        for (const estate of estates)
          expect(reaches(again, role, estate)).toBe(reaches(held, role, estate));
    }),
  );
});

it('covers what is held and nothing wider', () => {
  const court: Grant[] = [{ role: 'engineer', estates: ['court'] }];
  expect(covers(court, [{ role: 'technician', estates: ['court'] }])).toBe(true);
  expect(covers(court, [{ role: 'viewer', estates: 'all' }])).toBe(false);
  expect(covers(court, [{ role: 'viewer', estates: ['court', 'park'] }])).toBe(false);
  expect(covers(court, [{ role: 'manager', estates: ['court'] }])).toBe(false);
  expect(covers([], [])).toBe(true);
  // As many estates as 'all' has letters are not all.
  expect(covers([{ role: 'viewer', estates }], [{ role: 'viewer', estates: 'all' }])).toBe(false);
});
