import { deepFreeze } from '../freeze.ts';
import { access } from './access.ts';
import { air } from './air.ts';
import { device } from './device.ts';
import type { Kind } from './kind.ts';
import { plant } from './plant.ts';
import { water } from './water.ts';

/**
 * Every kind of asset there is, by id: what it measures, in which unit, and which values are plausible.
 * Cadences are the longest usual intervals of devices in the field, not of one maker.
 */
export const kinds: Readonly<Record<string, Kind>> = deepFreeze(
  Object.fromEntries([...access, ...plant, ...water, ...air, device].map((k) => [k.id, k])),
);
