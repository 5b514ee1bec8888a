import { CaretakerError } from '../base/index.ts';
import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';
import type { DescribePoint } from '../store.ts';

/** InfluxDB keeps nanoseconds in 64 bits: it ends in 2262. Before 1970 nothing was measured. */
const MAX_INSTANT = 9_000_000_000_000;
/** A state is a word; InfluxDB refuses text beyond 64 kB. */
const MAX_TEXT = 1_024;
/** How many points an error names before it only counts. */
const NAMED = 10;

export function typeOfValue(value: ReadingValue): MetricType {
  if (typeof value === 'number') return 'number';
  return typeof value === 'string' ? 'state' : 'flag';
}

/**
 * What every store keeps alike, checked before anything is written.
 * @returns the series of each point among the readings.
 * @throws CaretakerError `READINGS_STORE_UNKNOWN_POINT`, `READINGS_STORE_TYPE`, `READINGS_STORE_VALUE`, each
 * naming the points; then nothing was kept.
 */
export function checkReadings(
  readings: readonly Reading[],
  describe: DescribePoint,
): ReadonlyMap<string, Series> {
  const series = new Map<string, Series>();
  const unknown = new Set<string>();
  const mistyped = new Set<string>();
  const unfit = new Set<string>();
  for (const reading of readings) {
    const known = series.get(reading.point) ?? describe(reading.point);
    if (known === undefined) {
      unknown.add(reading.point);
      continue;
    }
    series.set(reading.point, known);
    if (typeOfValue(reading.value) !== known.type) mistyped.add(reading.point);
    else if (!fits(reading)) unfit.add(reading.point);
  }
  if (unknown.size > 0) throw unknownPoints(unknown);
  if (mistyped.size > 0) throw typeConflict(mistyped);
  if (unfit.size > 0) {
    throw new CaretakerError({
      code: 'READINGS_STORE_VALUE',
      message: `Values or times that no store keeps, of ${list(unfit)}`,
      next: 'Numbers must be finite, words at most 1,024 characters, times between 1970 and 2255.',
    });
  }
  return series;
}

/** Whether a store would keep this reading; one that it would not makes it refuse the whole write. */
export function storable(reading: Reading, series: Series): boolean {
  return typeOfValue(reading.value) === series.type && fits(reading);
}

function fits({ value, at, received }: Reading): boolean {
  if (!isInstant(at) || !isInstant(received)) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  // A lone surrogate does not survive UTF-8, so the same reading would come back as a conflict.
  return typeof value === 'boolean' || (value.length <= MAX_TEXT && value.isWellFormed());
}

function isInstant(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_INSTANT;
}

/** @throws CaretakerError `READINGS_STORE_UNKNOWN_POINT`. */
export function seriesOf(point: string, describe: DescribePoint): Series {
  const series = describe(point);
  if (series === undefined) throw unknownPoints([point]);
  return series;
}

function unknownPoints(points: Iterable<string>): CaretakerError {
  return new CaretakerError({
    code: 'READINGS_STORE_UNKNOWN_POINT',
    message: `No estate declares ${list(points)}`,
    next: 'Declare the point in the estate, or correct its id.',
  });
}

export function typeConflict(points: Iterable<string>, cause?: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'READINGS_STORE_TYPE',
      message: `Values of another type than the store keeps, of ${list(points)}`,
      next: 'A metric keeps its type for ever: give a metric of another type another id.',
    },
    cause === undefined ? undefined : { cause },
  );
}

function list(points: Iterable<string>): string {
  const all = [...points];
  const named = all.slice(0, NAMED).join(', ');
  return all.length > NAMED ? `${named} and ${all.length - NAMED} more` : named;
}
