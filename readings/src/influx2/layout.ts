import { Point } from '@influxdata/influxdb-client';
import { HISTORY, isMetric, keyOf, RECEIVED, STAMPED } from '../influx/fields.ts';
import type { KeptRow } from '../influx/hourly.ts';
import type { MetricType, Reading, ReadingValue, Series } from '../reading.ts';

/*
 * As `influx/fields.ts` says, and one thing more: line protocol has no newline in a string, and Flux answers
 * in CSV whose writer changes line ends, so a state is written with `\n`, `\r` and `\\` for newline, carriage
 * return and backslash. Words without these lie there as they are.
 */

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

export function wordOut(word: string): string {
  return word.replace(/[\\\n\r]/g, (one) => ESCAPES[one] as string);
}

export function wordIn(text: string): string {
  return text.replace(/\\([\\nr])/g, (_, one) => (one === 'n' ? '\n' : one === 'r' ? '\r' : '\\'));
}

/** One line of line protocol, its time in milliseconds. */
export function lineOf(reading: Reading, series: Series): string {
  const { metric } = series;
  const point = new Point(series.kind)
    .tag('estate', series.estate)
    .tag('asset', series.asset)
    .intField(metric + RECEIVED, reading.received);
  const { value } = reading;
  if (typeof value === 'string') point.stringField(metric, wordOut(value));
  else if (typeof value === 'boolean') point.booleanField(metric, value);
  // −0 is 0 to every store.
  else point.floatField(metric, value === 0 ? 0 : value);
  if (!reading.stamped) point.booleanField(metric + STAMPED, false);
  if (reading.history) point.booleanField(metric + HISTORY, true);
  return point.toLineProtocol({ convertTime: () => String(reading.at) }) as string;
}

/** A row that stays, as one line. */
export function keptLineOf({ measurement, place, time, fields }: KeptRow): string {
  const point = new Point(measurement);
  if (place !== null) point.tag('estate', place.estate).tag('asset', place.asset);
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'number') point.floatField(field, value);
    else point.stringField(field, wordOut(value));
  }
  return point.toLineProtocol({ convertTime: () => String(time) }) as string;
}

/** The type of values that a column of Flux's type holds. Integers are numbers that another program wrote. */
export function typeOfColumn(dataType: string): MetricType {
  if (dataType === 'string') return 'state';
  return dataType === 'boolean' ? 'flag' : 'number';
}

/** One value of one field. */
export interface Row {
  /** `estate/asset`. */
  readonly asset: string;
  readonly field: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly value: ReadingValue | null;
  /** Flux's type of the value. */
  readonly dataType: string;
}

type Known = { -readonly [key in keyof Reading]?: Reading[key] };

/** Puts readings together from rows of single fields, which come in any order. */
export class ReadingRows {
  readonly #known = new Map<string, Known>();

  add({ asset, field, at, value }: Row): void {
    const dot = field.indexOf('.');
    const point = `${asset}/${dot < 0 ? field : field.slice(0, dot)}`;
    const key = keyOf({ point, at });
    let known = this.#known.get(key);
    if (known === undefined) {
      known = { point, at };
      this.#known.set(key, known);
    }
    if (isMetric(field)) {
      if (value !== null) known.value = typeof value === 'string' ? wordIn(value) : value;
    } else if (field.endsWith(RECEIVED)) known.received = value as number;
    else if (field.endsWith(STAMPED)) known.stamped = value as boolean;
    else if (field.endsWith(HISTORY)) known.history = value as boolean;
  }

  /** In no particular order. Companions without a value are left out. */
  readings(): Reading[] {
    const readings: Reading[] = [];
    for (const { point, at, value, received, stamped, history } of this.#known.values()) {
      if (point === undefined || at === undefined || value === undefined) continue;
      readings.push({
        point,
        at,
        received: received ?? at,
        value,
        stamped: stamped ?? true,
        history: history ?? false,
      });
    }
    return readings;
  }
}
