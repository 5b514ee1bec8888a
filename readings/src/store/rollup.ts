import type { MetricType, Reading } from '../reading.ts';
import {
  addNumber,
  addState,
  emptyNumberSum,
  emptyStateSum,
  type LaterStates,
  type NumberSum,
} from './sums.ts';

/** Rollups are of whole hours in UTC. */
export const HOUR = 3_600_000;

/** The beginning of the hour that an instant lies in. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** Where a slice of about `length` ends: between hours where it can, for stores that keep whole hours together. */
export function sliceEnd(from: number, length: number, to: number): number {
  const end = Math.min(to, from + length);
  return end > hourOf(from) + HOUR && end < to ? hourOf(end) : end;
}

interface OfHour {
  /** Beginning of the hour, UTC epoch milliseconds. */
  readonly hour: number;
}

/** One hour of a number point. It knows both means, for how a metric is averaged may be corrected later. */
export interface NumberRollup extends OfHour, Readonly<NumberSum> {
  readonly type: 'number';
}

/** One hour of a state or flag point: how many readings said each word. Flags are `true`, `false`. */
export interface StateRollup extends OfHour, LaterStates {
  readonly type: 'state';
}

/** All readings of one point in one hour, summed up: hours add to the figures of any longer time. */
export type HourRollup = NumberRollup | StateRollup;

/**
 * @param readings of one point in one hour, ascending by `at`
 * @returns null when there are none
 */
export function rollupOf(
  type: MetricType,
  readings: Iterable<Pick<Reading, 'at' | 'value'>>,
): HourRollup | null {
  if (type === 'number') {
    const sum = emptyNumberSum();
    for (const { at, value } of readings) addNumber(sum, at, value as number);
    return sum.n === 0 ? null : { type: 'number', hour: hourOf(sum.lastAt), ...sum };
  }
  const sum = emptyStateSum();
  for (const { at, value } of readings) addState(sum, at, String(value));
  return sum.n === 0 ? null : { type: 'state', hour: hourOf(sum.lastAt), ...sum };
}
