import { crc32 } from 'node:zlib';
import { CaretakerError } from '../base/index.ts';
import { HOUR } from '../store/rollup.ts';
import { endOfColumn, mostBytes, putColumn, readColumn } from './ints.ts';

/*
 * The readings of one point in one hour:
 *
 *   u32 CRC-32 of all that follows, u8 form (1), u8 decimals, u32 n, u32 bytes of words,
 *   u32 the first instant from the beginning of the hour on, words (JSON);
 *   columns of n numbers each (`ints.ts`): steps of time, lags, marks, values.
 *
 * The first step of time says nothing: it is like the second, so that steps that are alike take no room. Values are numbers times 10^decimals, or as they are
 * when decimals is 255; flags are 0 or 1; states are places among the words.
 */

const FORM = 1;
const HEAD = 18;
const AS_THEY_ARE = 255;
/** Sensors say up to this many decimals. */
const DECIMALS = [0, 1, 2, 3, 4];

/** Readings of one point in ascending time, as columns; the arrays may be longer than `length`. */
export interface HourRows {
  readonly length: number;
  readonly at: Float64Array;
  /** received − at. */
  readonly lag: Float64Array;
  /** Bits `STAMPED`, `HISTORY`. */
  readonly marks: Float64Array;
  /** Of states: places in `words`. */
  readonly value: Float64Array;
  /** Null unless the point is a state. */
  readonly words: readonly string[] | null;
}

/** @param hour its beginning */
export function encodeHour(hour: number, rows: HourRows): Uint8Array {
  const { length: n, lag, marks, value, words } = rows;
  const said = words === null ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(words));
  const bytes = new Uint8Array(HEAD + said.length + 4 * mostBytes(n));
  const view = new DataView(bytes.buffer);
  const { decimals, values } = scaled(value, n);
  bytes[4] = FORM;
  bytes[5] = decimals;
  view.setUint32(6, n, true);
  view.setUint32(10, said.length, true);
  view.setUint32(14, n === 0 ? 0 : (rows.at[0] as number) - hour, true);
  bytes.set(said, HEAD);
  let end = putColumn(bytes, HEAD + said.length, stepsOf(rows), n);
  for (const column of [lag, marks, values]) end = putColumn(bytes, end, column, n);
  view.setUint32(0, crc32(bytes.subarray(4, end)), true);
  return bytes.slice(0, end);
}

function stepsOf({ length, at }: HourRows): Float64Array {
  const steps = new Float64Array(length);
  for (let i = 1; i < length; i += 1) steps[i] = (at[i] as number) - (at[i - 1] as number);
  if (length > 1) steps[0] = steps[1] as number;
  return steps;
}

function scaled(value: Float64Array, n: number): { decimals: number; values: Float64Array } {
  const values = new Float64Array(n);
  for (const decimals of DECIMALS) {
    if (scaleInto(values, value, n, 10 ** decimals)) return { decimals, values };
  }
  return { decimals: AS_THEY_ARE, values: value };
}

/** @returns false when a value does not come back as it was */
function scaleInto(into: Float64Array, value: Float64Array, n: number, factor: number): boolean {
  for (let i = 0; i < n; i += 1) {
    const whole = Math.round((value[i] as number) * factor);
    if (whole / factor !== value[i] || !Number.isSafeInteger(whole)) return false;
    into[i] = whole;
  }
  return true;
}

/** Room for the columns of one hour after the other. */
export class Scratch {
  #columns = columnsOf(0);

  take(n: number): readonly [Float64Array, Float64Array, Float64Array, Float64Array] {
    if (n > this.#columns[0].length) this.#columns = columnsOf(2 * n);
    return this.#columns;
  }
}

function columnsOf(n: number): readonly [Float64Array, Float64Array, Float64Array, Float64Array] {
  return [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)];
}

/**
 * @param hour its beginning
 * @param scratch holds the columns until the next hour is decoded with it; without it they are new, because to
 * make them takes as long as to fill them
 * @throws CaretakerError `READINGS_STORE_DAMAGED` unless the bytes are such an hour, whole and unchanged.
 */
export function decodeHour(hour: number, bytes: Uint8Array, scratch?: Scratch): HourRows {
  if (bytes.length < HEAD) throw damaged(hour, 'it is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(bytes.subarray(4)) !== view.getUint32(0, true))
    throw damaged(hour, 'its checksum differs');
  const n = view.getUint32(6, true);
  const said = view.getUint32(10, true);
  // Length and form are under the checksum: what fails from here on was written so.
  if (bytes[4] !== FORM || n > HOUR) throw damaged(hour, 'it has another form');
  const words = said === 0 ? null : wordsOf(bytes.subarray(HEAD, HEAD + said));
  const columns = scratch?.take(n) ?? columnsOf(n);
  let place = HEAD + said;
  for (const column of columns) {
    const end = endOfColumn(bytes, place, n);
    if (end === null) throw damaged(hour, 'a column is cut');
    readColumn(bytes, view, place, n, column);
    place = end;
  }
  if (place !== bytes.length) throw damaged(hour, 'it is too long');
  const [at, lag, marks, value] = columns;
  addUp(at, n, hour + view.getUint32(14, true));
  unscale(value, n, bytes[5] as number);
  return { length: n, at, lag, marks, value, words };
}

function wordsOf(bytes: Uint8Array): readonly string[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as string[];
}

/** Makes instants of steps. */
function addUp(steps: Float64Array, n: number, first: number): void {
  let at = first;
  for (let i = 0; i < n; i += 1) {
    if (i > 0) at += steps[i] as number;
    steps[i] = at;
  }
}

function unscale(values: Float64Array, n: number, decimals: number): void {
  if (decimals === 0 || decimals === AS_THEY_ARE) return;
  const factor = 10 ** decimals;
  for (let i = 0; i < n; i += 1) values[i] = (values[i] as number) / factor;
}

export function damaged(hour: number, how: string): CaretakerError {
  const when = Number.isFinite(hour) ? new Date(hour).toISOString() : 'unknown time';
  return new CaretakerError({
    code: 'READINGS_STORE_DAMAGED',
    message: `The readings file is damaged: an hour of readings from ${when} on cannot be read, ${how}`,
    next: 'Restore the file from a backup, or move it away and let a new one be created.',
  });
}
