import type { ReadingValue } from '../reading.ts';
import type { HourRollup } from '../store/rollup.ts';
import { addNumber, addState, emptyNumberSum, emptyStateSum } from '../store/sums.ts';
import type { HourRows } from './hour-blob.ts';
import { SLOT, TYPES } from './schema.ts';

/** series, slot, ms, value, lag, marks: a row of the landing. */
export type LandedRow = readonly [number, number, number, number | string, number, number];
export const LANDED = 'series, slot, ms, value, lag, marks';

/** @param rows ascending, all of one point */
export function rowsOfLanded(type: number, rows: readonly LandedRow[]): HourRows {
  const n = rows.length;
  const made = emptyRows(n);
  const words = TYPES[type] === 'state' ? new Words() : null;
  for (let i = 0; i < n; i += 1) {
    const [, slot, ms, value, lag, marks] = rows[i] as LandedRow;
    made.at[i] = slot * SLOT + ms;
    made.lag[i] = lag;
    made.marks[i] = marks;
    made.value[i] = typeof value === 'string' ? (words?.codeOf(value) ?? 0) : value;
  }
  return { length: n, ...made, words: words?.list ?? null };
}

/** Both in time order; no instant is in both. */
export function mergedRows(a: HourRows, b: HourRows): HourRows {
  const n = a.length + b.length;
  const made = emptyRows(n);
  const words = a.words === null ? null : new Words(a.words);
  let [i, j] = [0, 0];
  for (let k = 0; k < n; k += 1) {
    const fromA = j >= b.length || (i < a.length && (a.at[i] as number) < (b.at[j] as number));
    const from = fromA ? a : b;
    const row = fromA ? i++ : j++;
    made.at[k] = from.at[row] as number;
    made.lag[k] = from.lag[row] as number;
    made.marks[k] = from.marks[row] as number;
    const value = from.value[row] as number;
    made.value[k] = fromA || words === null ? value : words.codeOf(b.words?.[value] ?? '');
  }
  return { length: n, ...made, words: words?.list ?? null };
}

function emptyRows(n: number) {
  return {
    at: new Float64Array(n),
    lag: new Float64Array(n),
    marks: new Float64Array(n),
    value: new Float64Array(n),
  };
}

/** @param rows of one hour, at least one */
export function rollupOfRows(hour: number, type: number, rows: HourRows): HourRollup {
  const { length, at, value, words } = rows;
  if (TYPES[type] === 'number') {
    const sum = emptyNumberSum();
    for (let i = 0; i < length; i += 1) addNumber(sum, at[i] as number, value[i] as number);
    return { type: 'number', hour, ...sum };
  }
  const sum = emptyStateSum();
  for (let i = 0; i < length; i += 1) {
    const x = value[i] as number;
    addState(sum, at[i] as number, words === null ? String(x === 1) : (words[x] as string));
  }
  return { type: 'state', hour, ...sum };
}

/** The value of row i as a reading has it. */
export function valueOfRow(type: number, { value, words }: HourRows, i: number): ReadingValue {
  const x = value[i] as number;
  if (words !== null) return words[x] as string;
  return TYPES[type] === 'flag' ? x === 1 : x;
}

/** The first row with at ≥ `instant`; the length when there is none. */
export function firstFrom({ length, at }: HourRows, instant: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Gives words their places, in the order of their coming. */
class Words {
  readonly list: string[];
  readonly #codes: Map<string, number>;

  constructor(list: readonly string[] = []) {
    this.list = [...list];
    this.#codes = new Map(list.map((word, code) => [word, code]));
  }

  codeOf(word: string): number {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    this.#codes.set(word, this.list.length);
    this.list.push(word);
    return this.list.length - 1;
  }
}
