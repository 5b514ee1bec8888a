import type { ReadingValue } from '@caretaker/readings';

/** Minutes and values, `0 open, 6 closed`, by metric. */
export type Series = Readonly<Record<string, string>>;

export interface Case {
  /** Breaches, and still stands a minute after its last reading. */
  readonly opens: Series;
  /** Comes near and must not open: once, or in several ways. */
  readonly not: Series | readonly Series[];
  /** Goes on from `opens`, comes near its end, and the episode must stand. */
  readonly stays?: Series;
  /** Goes on from `opens` until the episode has ended. */
  readonly clears: Series;
  readonly touchpoint?: string;
  readonly attributes?: Readonly<Record<string, number>>;
  /** Local time in Shanghai at minute 0. */
  readonly from?: string;
}

/** Twenty readings a minute apart from `first`, all `value` but the last `last.length`. */
export function run(
  first: number,
  n: number,
  value: ReadingValue,
  ...last: readonly ReadingValue[]
) {
  const values = [...Array.from({ length: n }, () => value), ...last];
  return values.map((v, k) => `${first + k} ${v}`).join(', ');
}

/** The same value every ten minutes, so that nothing falls silent. */
export function steady(from: number, to: number, value: ReadingValue) {
  const steps = Math.floor((to - from) / 10) + 1;
  return Array.from({ length: steps }, (_, k) => `${from + k * 10} ${value}`).join(', ');
}

/** Local time at minute 0 for what is judged at night only. */
export const night = '23:30';
