import type { Reading } from '../reading.ts';

/*
 * How readings lie in InfluxDB, 1.x and 2.x alike, for Grafana and other programs:
 *
 *   measurement = kind, tags `estate` and `asset`, time = `at` in milliseconds;
 *   `<metric>`           the value: float for numbers, string for states, boolean for flags;
 *   `<metric>.received`  integer, epoch milliseconds, always beside the value;
 *   `<metric>.stamped`   boolean, written only when false;
 *   `<metric>.history`   boolean, written only when true.
 *
 * A metric id has no dot, so the fields cannot meet.
 */

export const RECEIVED = '.received';
export const STAMPED = '.stamped';
export const HISTORY = '.history';

export function isMetric(field: string): boolean {
  return !field.includes('.');
}

/** The fields that make a reading of a metric. */
export function fieldsOf(metric: string): readonly string[] {
  return [metric, metric + RECEIVED, metric + STAMPED, metric + HISTORY];
}

/** (point, at) as the key of a map. */
export function keyOf(reading: Pick<Reading, 'point' | 'at'>): string {
  return `${reading.point}@${reading.at}`;
}
