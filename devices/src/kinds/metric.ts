import type { Text } from '@caretaker/readings/base';
import type { Metric } from './kind.ts';

const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** Older than this when it arrives, a reading is a record of the past (a device's clock is not trusted more). */
export const historyAfter = 24 * hour;

/** How a metric is declared: its record without the id, which is its key. */
type Declared = Omit<Metric, 'id'>;

/** When a metric speaks: how often at the latest, and after which silence its value is unknown. */
export type Rhythm = Pick<Metric, 'cadence' | 'silentAfter'>;

/** Reported only when it happens: never silent. */
export const onEvent: Rhythm = {};

/**
 * A contact that reports changes and one sign of life a day. Its silence shows after 26 h and not after
 * three cadences: nobody may believe in a dead door for three days.
 */
export const dailyHeartbeat: Rhythm = { cadence: 24 * hour, silentAfter: 26 * hour };

export function every(cadence: number): Rhythm {
  return { cadence };
}

export function number(
  label: Text,
  unit: string,
  range: readonly [min: number, max: number],
  rhythm: Rhythm,
): Declared {
  return { label, type: 'number', unit, range, mean: 'arithmetic', ...rhythm };
}

export function soundLevel(label: Text, rhythm: Rhythm): Declared {
  return { label, type: 'number', unit: 'dB(A)', range: [0, 150], mean: 'energy', ...rhythm };
}

export function state(label: Text, states: readonly string[], rhythm: Rhythm): Declared {
  return { label, type: 'state', unit: '', states, mean: 'arithmetic', ...rhythm };
}

export function flag(label: Text, rhythm: Rhythm): Declared {
  return { label, type: 'flag', unit: '', mean: 'arithmetic', ...rhythm };
}

/** Smells of refuse and toilets, as the usual sensor of both reports them. */
export const ammonia: Declared = number(
  { en: 'Ammonia', zh: '氨气浓度' },
  'ppm',
  [0, 100],
  every(10 * minute),
);
export const hydrogenSulphide: Declared = number(
  { en: 'Hydrogen sulphide', zh: '硫化氢浓度' },
  'ppm',
  [0, 100],
  every(10 * minute),
);

/** Gives every metric its key as id. */
export function metrics(
  declared: Readonly<Record<string, Declared>>,
): Readonly<Record<string, Metric>> {
  return Object.fromEntries(Object.entries(declared).map(([id, m]) => [id, { id, ...m }]));
}
