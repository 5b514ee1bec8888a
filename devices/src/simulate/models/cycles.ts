import { uniform } from '../noise.ts';
import type { Device, Said } from './model.ts';

const hour = 3_600_000;

/** One use of a gate, an arm or a lift. */
export interface Cycle {
  readonly at: number;
  /** Stands for this use in the device's course of chance. */
  readonly chance: number;
}

/** How many uses an hour has, by local time; the value at h holds from h to h + 1. */
export type Traffic = readonly number[];

/** How many uses an hour has, from its share of the busiest hour. */
export function traffic(busiest: number, shares: readonly number[]): Traffic {
  return shares.map((share) => Math.max(1, Math.round(busiest * share)));
}

/** People leave from seven to nine and come home from five to eight. */
export const commuting = [
  0.02, 0.01, 0.01, 0.01, 0.02, 0.08, 0.35, 0.9, 1, 0.55, 0.4, 0.45, 0.55, 0.45, 0.4, 0.45, 0.6,
  0.95, 1, 0.8, 0.55, 0.35, 0.15, 0.06,
] as const;

/**
 * Uses of the hours that touch [from, to). Each has a slot of its own and begins in the first 40 % of it, so
 * that none runs into the next as long as it lasts less than 36 s (60 uses an hour).
 */
export function cyclesOf(device: Device, busy: Traffic, from: number, to: number): Cycle[] {
  const cycles: Cycle[] = [];
  for (let index = Math.floor(from / hour); index * hour < to; index++) {
    const key = device.key ^ 0x5bd1e995;
    const usual = busy[Math.floor(device.scene.hourOfDay(index * hour))] ?? 1;
    const count = Math.max(1, Math.round(usual * (0.75 + 0.5 * uniform(key, index))));
    for (let i = 0; i < count; i++) {
      const chance = index * 64 + i;
      const slot = hour / count;
      const at = Math.floor(index * hour + i * slot + uniform(key, chance) * 0.4 * slot);
      cycles.push({ at, chance });
    }
  }
  return cycles;
}

/** Uses at equal intervals while a fault lasts, the last of them done before it ends. */
export function forcedCycles(from: number, to: number, interval: number, longest: number): Cycle[] {
  const cycles: Cycle[] = [];
  for (let at = from + 2_000; at + longest < to; at += interval) {
    cycles.push({ at, chance: Math.floor(at / 1_000) });
  }
  return cycles;
}

/**
 * What a device says in [from, to): of its usual uses only what falls outside its faults, for while it has
 * one, the fault decides.
 */
export function happening(
  device: Device,
  usual: readonly Said[],
  forced: readonly Said[],
  from: number,
  to: number,
): Said[] {
  const inside = (said: Said) => from <= said.at && said.at < to;
  return [
    ...usual.filter((said) => inside(said) && device.fault(said.at) === undefined),
    ...forced.filter(inside),
  ];
}
