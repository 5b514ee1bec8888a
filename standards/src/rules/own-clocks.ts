import type { Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '../catalogue/standard.ts';

/** @returns a fault for each item to which an estate gives time limits and which the standard does not have */
export function checkClocks(standard: Standard, estates: readonly Estate[]): Fault[] {
  const known = new Set(standard.items.map(({ id }) => id));
  return estates.flatMap(({ id, clocks }) =>
    Object.keys(clocks?.items ?? {})
      .filter((item) => !known.has(item))
      .map((item) => ({
        code: 'STANDARDS_UNKNOWN_OVERRIDE',
        message: `the standard has no item "${item}"`,
        where: `${id} clocks.items.${item}`,
      })),
  );
}
