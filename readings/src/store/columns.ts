import type { Reading, ReadingValue } from '../reading.ts';
import type { ReadingColumns } from '../store.ts';
import { sliceEnd } from './rollup.ts';

/** Rows that a batch of columns aims at: small enough to stay in a processor's cache while they are sorted. */
const TARGET = 32_768;
/** Most rows that one slice of time may hold, unless a single point has more in it. */
export const MOST_ROWS = 8 * TARGET;
/** Rows that a sorter has room for at first: many scans are of few points. */
const FIRST_ROOM = 4_096;
const FIRST_SLICE = 600_000;
/** A slice is sorted by its milliseconds in 31 bits. */
const LONGEST_SLICE = 2 ** 31 - 1;
const DIGIT = 11;
const RADIX = 2 ** DIGIT;

/** What a scan by columns needs of a store whose readings lie by point, not by time. */
export interface ColumnSource {
  /**
   * An instant ≥ `from` before which no point scanned has a reading from `from` on; null when none comes at all.
   * It need not be that of a reading.
   */
  next(from: number): Promise<number | null>;
  /**
   * Readings with from ≤ at < to in the order of a scan, or null when they are more than `MOST_ROWS`. A slice
   * of one millisecond must always be answered.
   */
  slice(from: number, to: number): Promise<ReadingColumns | null>;
}

/** Batches in time order from slices of time whose length follows the density of the data. */
export async function* scanColumnsBySlices(
  from: number,
  to: number,
  source: ColumnSource,
): AsyncGenerator<ReadingColumns> {
  let length = FIRST_SLICE;
  let at = from;
  while (at < to) {
    const until = sliceEnd(at, length, to);
    const columns = await source.slice(at, until);
    if (columns === null) {
      length = Math.max(1, Math.floor((until - at) / 4));
      continue;
    }
    if (columns.length > 0) yield columns;
    at = until;
    const wanted = columns.length === 0 ? 4 : TARGET / columns.length;
    length = Math.min(LONGEST_SLICE, Math.ceil(length * Math.min(4, Math.max(0.5, wanted))));
    if (columns.length > 0 || at >= to) continue;
    const next = await source.next(at);
    if (next === null) return;
    at = next;
  }
}

/** Readings of one point as a store may keep them. */
export interface SortableRows {
  readonly at: Float64Array;
  /** received − at. */
  readonly lag: Float64Array;
  /** Of states: places in `words`. */
  readonly value: Float64Array;
  readonly words: readonly string[] | null;
  readonly marks: Float64Array;
  /** The bit of `marks` that a record of the past has. */
  readonly history: number;
}

/** Collects the readings of one slice point by point and puts them into time order. Used again and again. */
export class ColumnSorter {
  /** Of the whole scan: the value of a state is its place here. */
  readonly words: string[] = [];
  readonly #codes = new Map<string, number>();
  #length = 0;
  #point = new Int32Array(FIRST_ROOM);
  #at = new Float64Array(FIRST_ROOM);
  #received = new Float64Array(FIRST_ROOM);
  #value = new Float64Array(FIRST_ROOM);
  #history = new Uint8Array(FIRST_ROOM);
  #order = new Uint32Array(FIRST_ROOM);
  #other = new Uint32Array(FIRST_ROOM);
  #out = columnsFor(FIRST_ROOM);
  readonly #counts = new Uint32Array(RADIX);

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** @param point the readings of one point come together, the points by their id */
  add(point: number, at: number, received: number, value: ReadingValue, history: number): void {
    const k = this.#length;
    if (k === this.#at.length) this.#grow();
    this.#point[k] = point;
    this.#at[k] = at;
    this.#received[k] = received;
    this.#value[k] = typeof value === 'string' ? this.#code(value) : Number(value);
    this.#history[k] = history;
    this.#length = k + 1;
  }

  /** Takes rows from `start` on and before `end` of one point; see `add`. */
  addRows(point: number, rows: SortableRows, start: number, end: number): void {
    const n = end - start;
    const first = this.#length;
    while (first + n > this.#at.length) this.#grow();
    this.#point.fill(point, first, first + n);
    this.#at.set(rows.at.subarray(start, end), first);
    const codes = rows.words?.map((word) => this.#code(word)) ?? null;
    for (let i = start, k = first; i < end; i += 1, k += 1) {
      const value = rows.value[i] as number;
      this.#value[k] = codes === null ? value : (codes[value] as number);
      this.#received[k] = (rows.at[i] as number) + (rows.lag[i] as number);
      this.#history[k] = ((rows.marks[i] as number) & rows.history) === 0 ? 0 : 1;
    }
    this.#length = first + n;
  }

  /**
   * The readings by time, those of one instant as they came. The arrays are filled anew by the next call.
   * @param from the earliest instant, at most 2³¹ ms before the latest
   */
  sorted(from: number): ReadingColumns {
    const n = this.#length;
    if (this.#isSorted()) return this.#asItCame();
    const order = this.#sort(from);
    const out = this.#out;
    for (let k = 0; k < n; k += 1) {
      const row = order[k] as number;
      out.point[k] = this.#point[row] as number;
      out.at[k] = this.#at[row] as number;
      out.received[k] = this.#received[row] as number;
      out.value[k] = this.#value[row] as number;
      out.history[k] = this.#history[row] as number;
    }
    const { point, at, received, value, history } = out;
    return { length: n, point, at, received, value, history, words: this.words };
  }

  #isSorted(): boolean {
    const at = this.#at;
    for (let k = 1; k < this.#length; k += 1) {
      if ((at[k] as number) < (at[k - 1] as number)) return false;
    }
    return true;
  }

  #asItCame(): ReadingColumns {
    return {
      length: this.#length,
      point: this.#point,
      at: this.#at,
      received: this.#received,
      value: this.#value,
      history: this.#history,
      words: this.words,
    };
  }

  /** Least digit first; each pass keeps the order of equals. */
  #sort(from: number): Uint32Array {
    const n = this.#length;
    const at = this.#at;
    let widest = 0;
    for (let k = 0; k < n; k += 1) {
      this.#order[k] = k;
      const after = (at[k] as number) - from;
      if (after > widest) widest = after;
    }
    const counts = this.#counts;
    for (let shift = 0; 2 ** shift <= widest; shift += DIGIT) {
      const source = this.#order;
      const target = this.#other;
      counts.fill(0);
      for (let k = 0; k < n; k += 1) {
        const digit = (((at[k] as number) - from) >>> shift) & (RADIX - 1);
        counts[digit] = (counts[digit] as number) + 1;
      }
      let before = 0;
      for (let digit = 0; digit < RADIX; digit += 1) {
        const count = counts[digit] as number;
        counts[digit] = before;
        before += count;
      }
      for (let k = 0; k < n; k += 1) {
        const row = source[k] as number;
        const digit = (((at[row] as number) - from) >>> shift) & (RADIX - 1);
        const place = counts[digit] as number;
        counts[digit] = place + 1;
        target[place] = row;
      }
      this.#order = target;
      this.#other = source;
    }
    return this.#order;
  }

  #code(word: string): number {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    const code = this.words.length;
    this.words.push(word);
    this.#codes.set(word, code);
    return code;
  }

  #grow(): void {
    const length = this.#at.length * 2;
    this.#point = larger(this.#point, new Int32Array(length));
    this.#at = larger(this.#at, new Float64Array(length));
    this.#received = larger(this.#received, new Float64Array(length));
    this.#value = larger(this.#value, new Float64Array(length));
    this.#history = larger(this.#history, new Uint8Array(length));
    this.#order = new Uint32Array(length);
    this.#other = new Uint32Array(length);
    this.#out = columnsFor(length);
  }
}

/** Turns the batches of an ordinary scan into columns, for a store that has nothing faster. */
export async function* columnsOfScan(
  scan: AsyncIterable<readonly Reading[]>,
  points: readonly string[],
): AsyncGenerator<ReadingColumns> {
  const places = new Map(points.map((point, place) => [point, place]));
  const codes = new Map<string, number>();
  const words: string[] = [];
  const codeOf = (word: string) => {
    const code = codes.get(word) ?? codes.size;
    if (code === codes.size) words.push(word);
    codes.set(word, code);
    return code;
  };
  for await (const readings of scan) {
    const columns = columnsFor(readings.length);
    for (const [k, { point, at, received, value, history }] of readings.entries()) {
      columns.point[k] = places.get(point) ?? -1;
      columns.at[k] = at;
      columns.received[k] = received;
      columns.value[k] = typeof value === 'string' ? codeOf(value) : Number(value);
      columns.history[k] = Number(history);
    }
    yield { length: readings.length, ...columns, words };
  }
}

function columnsFor(length: number) {
  return {
    point: new Int32Array(length),
    at: new Float64Array(length),
    received: new Float64Array(length),
    value: new Float64Array(length),
    history: new Uint8Array(length),
  };
}

function larger<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
