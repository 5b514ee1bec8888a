import type { Reading } from '../reading.ts';
import { sliceEnd } from './rollup.ts';

/** Most readings that one slice of time may hold in memory; 20,000 held the event loop for up to 57 ms. */
export const SLICE_READINGS = 10_000;
const BATCH = 2_500;
const FIRST_SLICE = 600_000;

/** What a scan needs of a store whose readings lie by point, not by time. */
export interface SliceSource {
  /**
   * An instant ≥ `from` before which no point scanned has a reading from `from` on; null when none comes at all.
   * It need not be that of a reading.
   */
  next(from: number): Promise<number | null>;
  /**
   * All readings with from ≤ at < to in any order, or null when they are more than `SLICE_READINGS`. A slice
   * of one millisecond must always be answered: it holds at most one reading a point.
   */
  slice(from: number, to: number): Promise<Reading[] | null>;
}

/**
 * Readings in time order, ties by point id, from slices of time whose length follows the density of the
 * data: at most `SLICE_READINGS` are held at once.
 */
export async function* scanBySlices(
  from: number,
  to: number,
  source: SliceSource,
): AsyncGenerator<readonly Reading[]> {
  let length = FIRST_SLICE;
  let at = from;
  while (at < to) {
    const until = sliceEnd(at, length, to);
    const readings = await source.slice(at, until);
    if (readings === null) {
      length = Math.max(1, Math.floor((until - at) / 4));
      continue;
    }
    readings.sort(byTime);
    for (let i = 0; i < readings.length; i += BATCH) yield readings.slice(i, i + BATCH);
    at = until;
    if (readings.length < SLICE_READINGS / 4) length *= 2;
    if (readings.length > 0 || at >= to) continue;
    const next = await source.next(at);
    if (next === null) return;
    at = next;
  }
}

/** Order of a scan: by time, then by point id in code units. */
export function byTime(a: Reading, b: Reading): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.point === b.point) return 0;
  return a.point < b.point ? -1 : 1;
}
