import { CaretakerError } from '../base/index.ts';
import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';
import type { DescribePoint, Refusal } from '../store.ts';

/** InfluxDB keeps nanoseconds in 64 bits: it ends in 2262. Before 1970 nothing was measured. */
const MAX_INSTANT = 9_000_000_000_000;
/** A state is a word; InfluxDB refuses text beyond 64 kB. */
const MAX_TEXT = 1_024;

export function typeOfValue(value: ReadingValue): MetricType {
  if (typeof value === 'number') return 'number';
  return typeof value === 'string' ? 'state' : 'flag';
}

/** What a write is to keep, and what no retry can make keepable. */
export interface Sifted {
  readonly kept: readonly Reading[];
  /** Of each point among those kept. */
  readonly series: ReadonlyMap<string, Series>;
  readonly refused: Refusal[];
}

/** What every store refuses alike, told from the rest before anything is written. */
export function siftReadings(readings: readonly Reading[], describe: DescribePoint): Sifted {
  const series = new Map<string, Series>();
  const refused: Refusal[] = [];
  const kept: Reading[] = [];
  for (const reading of readings) {
    const known = series.get(reading.point) ?? describe(reading.point);
    const refusal =
      known === undefined
        ? refuse(reading, unknownPoint(reading.point))
        : typeOfValue(reading.value) !== known.type
          ? refuseType(reading, known.type)
          : fits(reading)
            ? null
            : refuse(reading, UNFIT);
    if (refusal !== null) refused.push(refusal);
    else if (known !== undefined) {
      series.set(reading.point, known);
      kept.push(reading);
    }
  }
  // The usual write allocates nothing more.
  return { kept: refused.length === 0 ? readings : kept, series, refused };
}

const UNFIT = {
  code: 'READINGS_STORE_VALUE',
  message: 'No store keeps such a value or time',
} as const;

/** @param held type of the point's readings */
export function refuseType(reading: Reading, held: MetricType): Refusal {
  return refuse(reading, {
    code: 'READINGS_STORE_TYPE',
    message: `The point keeps values of type ${held} for ever, and this one is a ${typeOfValue(reading.value)}`,
  });
}

export function refuseExpired(reading: Reading): Refusal {
  return refuse(reading, {
    code: 'READINGS_STORE_EXPIRED',
    message: 'Of its hour only the summary is left, so that whether it is new cannot be known',
  });
}

function refuse(
  reading: Reading,
  { code, message }: Pick<CaretakerError, 'code' | 'message'>,
): Refusal {
  return { reading, code, message };
}

/** Whether a store would keep this reading. */
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
  if (series === undefined) throw unknownPoint(point);
  return series;
}

function unknownPoint(point: string): CaretakerError {
  return new CaretakerError({
    code: 'READINGS_STORE_UNKNOWN_POINT',
    message: `No estate declares ${point}`,
    next: 'Declare the point in the estate, or correct its id.',
  });
}
