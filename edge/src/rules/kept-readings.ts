import type { Reading, ReadingValue } from '@caretaker/readings';

/** Readings of one point by columns, as a file keeps them. */
export interface KeptColumns {
  readonly point: string;
  /** Nothing is kept up to here, UTC epoch milliseconds. */
  readonly forgotten: number;
  readonly at: Float64Array;
  readonly received: Float64Array;
  readonly values: readonly ReadingValue[];
  /** 1 for stamped, 2 for a record of the past. */
  readonly flags: Uint8Array;
}

interface Line {
  forgotten: number;
  readings: Reading[];
}

/** Of all points together. */
const MOST = 100_000;
const MOST_OF_POINT = 1_024;
const LEAST_OF_POINT = 16;
const NEVER = Number.NEGATIVE_INFINITY;

/**
 * The newest readings of the points that local rules watch, ascending by time. The engine asks for them when a late
 * one comes: a gateway has no store that it could rely on.
 */
export class KeptReadings {
  readonly #lines: ReadonlyMap<string, Line>;
  readonly #most: number;

  /** @param points the only ones that are kept */
  constructor(points: readonly string[], kept: readonly KeptColumns[] = []) {
    const share = Math.floor(MOST / Math.max(1, points.length));
    this.#most = Math.max(LEAST_OF_POINT, Math.min(MOST_OF_POINT, share));
    this.#lines = new Map(points.map((point) => [point, { forgotten: NEVER, readings: [] }]));
    for (const columns of kept) {
      const line = this.#lines.get(columns.point);
      if (line === undefined) continue;
      line.forgotten = columns.forgotten;
      line.readings = readingsOf(columns);
    }
  }

  /**
   * Keeps a reading. (point, at) names it: the first value stays.
   * @returns whether it is to be judged: it is not when it is kept already, lies before what is kept, or is of no point
   */
  add(reading: Reading): boolean {
    const line = this.#lines.get(reading.point);
    if (line === undefined || reading.at <= line.forgotten) return false;
    const { readings } = line;
    const place = placeOf(readings, reading.at);
    if (readings[place - 1]?.at === reading.at) return false;
    if (place === readings.length) readings.push(reading);
    else readings.splice(place, 0, reading);
    // In one go, now and then: moving them all at each reading would cost more than judging it.
    if (readings.length >= 2 * this.#most) {
      const gone = readings.splice(0, readings.length - this.#most);
      line.forgotten = gone.at(-1)?.at ?? line.forgotten;
    }
    return true;
  }

  /** Readings of some points in [from, to], ascending by time. */
  between(points: readonly string[], from: number, to: number): readonly Reading[] {
    const found = points.flatMap((point) => {
      const readings = this.#lines.get(point)?.readings ?? [];
      return readings.slice(placeOf(readings, from - 1), placeOf(readings, to));
    });
    return found.sort((a, b) => a.at - b.at);
  }

  newest(point: string): Reading | undefined {
    return this.#lines.get(point)?.readings.at(-1);
  }

  columns(): readonly KeptColumns[] {
    return [...this.#lines].flatMap(([point, { forgotten, readings }]) =>
      readings.length === 0 ? [] : [columnsOf(point, forgotten, readings)],
    );
  }
}

/** How many of some readings lie at or before an instant. */
function placeOf(readings: readonly Reading[], at: number): number {
  let low = 0;
  let high = readings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((readings[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function columnsOf(point: string, forgotten: number, readings: readonly Reading[]): KeptColumns {
  return {
    point,
    forgotten,
    at: Float64Array.from(readings, (one) => one.at),
    received: Float64Array.from(readings, (one) => one.received),
    values: readings.map((one) => one.value),
    flags: Uint8Array.from(readings, (one) => Number(one.stamped) + 2 * Number(one.history)),
  };
}

function readingsOf({ point, at, received, values, flags }: KeptColumns): Reading[] {
  return values.map((value, k) => ({
    point,
    at: at[k] ?? 0,
    received: received[k] ?? 0,
    value,
    stamped: ((flags[k] ?? 0) & 1) > 0,
    history: ((flags[k] ?? 0) & 2) > 0,
  }));
}
