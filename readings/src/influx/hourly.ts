import type { Reading, Series } from '../reading.ts';
import type { HourRollup } from '../store/rollup.ts';
import {
  addNumber,
  addState,
  emptyNumberSum,
  emptyStateSum,
  type NumberSum,
  type StateSum,
} from '../store/sums.ts';

/*
 * How hours lie in InfluxDB, where nothing expires: measurement `<kind>.hourly`, tags as those of readings, time =
 * beginning of the hour, fields `<metric>.<figure>`. All figures are floats, instants too (epoch milliseconds);
 * but `last` and `counts` of states are strings, the latter JSON. A kind has no dot, so the measurements cannot
 * meet.
 */

const FIGURES = [
  'n',
  'sum',
  'power',
  'min',
  'min_at',
  'max',
  'max_at',
  'last',
  'last_at',
  'counts',
] as const;

export type Figures = Readonly<Record<string, number | string>>;

/** A row that stays: what has the same measurement, tags and time is replaced. */
export interface KeptRow {
  readonly measurement: string;
  readonly place: Pick<Series, 'estate' | 'asset'> | null;
  /** In milliseconds. */
  readonly time: number;
  readonly fields: Figures;
}

export function hourlyOf(kind: string): string {
  return `${kind}.hourly`;
}

/** The kind whose hours such a measurement has. */
export function kindOf(hourly: string): string {
  return hourly.split('.', 1)[0] as string;
}

/** Fields that make an hour of a metric. */
export function hourFields(metric: string): string[] {
  return FIGURES.map((figure) => `${metric}.${figure}`);
}

/** Sums the readings of one point in one hour, added in ascending time. */
export class HourSum {
  readonly #firstAt: number;
  #numbers: NumberSum | null = null;
  #states: StateSum | null = null;

  constructor(firstAt: number) {
    this.#firstAt = firstAt;
  }

  add({ at, value }: Reading): void {
    if (typeof value === 'number') {
      this.#numbers ??= emptyNumberSum();
      addNumber(this.#numbers, at, value);
    } else {
      this.#states ??= emptyStateSum();
      addState(this.#states, at, String(value));
    }
  }

  row({ kind, metric, estate, asset }: Series, hour: number): KeptRow {
    const figures = { ...this.#figures(), first_at: this.#firstAt };
    const fields = Object.entries(figures).map(([figure, value]) => [`${metric}.${figure}`, value]);
    return {
      measurement: hourlyOf(kind),
      place: { estate, asset },
      time: hour,
      fields: Object.fromEntries(fields),
    };
  }

  #figures(): Figures {
    if (this.#states !== null) {
      const { n, counts, last, lastAt } = this.#states;
      return { n, last, last_at: lastAt, counts: JSON.stringify([...counts]) };
    }
    const { minAt, maxAt, lastAt, ...sums } = this.#numbers ?? emptyNumberSum();
    const figures = { ...sums, min_at: minAt, max_at: maxAt, last_at: lastAt };
    // InfluxDB keeps no infinity, to which a sum of the largest numbers may grow.
    const bounded = ([name, x]: [string, number]) =>
      [name, Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE)] as const;
    return Object.fromEntries(Object.entries(figures).map(bounded));
  }
}

/** The hour that a row says; null when it says nothing of this metric. */
export function hourIn({ time, fields }: KeptRow, metric: string): HourRollup | null {
  const number = (figure: string) => (fields[`${metric}.${figure}`] ?? 0) as number;
  const [n, lastAt] = [number('n'), number('last_at')];
  if (n === 0) return null;
  const counts = fields[`${metric}.counts`];
  if (typeof counts === 'string') {
    const last = String(fields[`${metric}.last`] ?? '');
    return { type: 'state', hour: time, n, last, lastAt, counts: new Map(JSON.parse(counts)) };
  }
  return {
    type: 'number',
    hour: time,
    n,
    sum: number('sum'),
    power: number('power'),
    min: number('min'),
    minAt: number('min_at'),
    max: number('max'),
    maxAt: number('max_at'),
    last: number('last'),
    lastAt,
  };
}
