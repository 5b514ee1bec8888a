import type { Reading, ReadingValue } from '../reading.ts';
import { type ByteReader, type ByteWriter, malformed } from './bytes.ts';
import { frameError, MAX_READINGS } from './faults.ts';

/*
 * Readings by column: points (dictionary and indexes), `at` and `received` as differences, one byte of value
 * form and flags each, values. Like stands beside like, so zstd finds more, and every column is one tight loop.
 */

/** Forms 0 to 3: an integer over 1, 10, 100, 1000, when that gives the double back exactly. */
const SCALES = [1, 10, 100, 1000] as const;
const FORM_DOUBLE = 4;
const FORM_TEXT = 5;
const FORM_FALSE = 6;
const FORM_TRUE = 7;
const FORM_BITS = 7;
const STAMPED = 8;
const HISTORY = 16;
const KNOWN_BITS = FORM_BITS | STAMPED | HISTORY;

/** Beyond this an integer form would take as many bytes as the double. */
const MAX_SCALED = 2 ** 30;
/** Differences of two such instants stay within what `ByteWriter.signed` carries. */
const MAX_INSTANT = 2 ** 51;

/** The form of a number: 0 to 3 by scale, or `FORM_DOUBLE`. −0 is only exact as a double. */
function formOf(value: number): number {
  if (Number.isInteger(value)) {
    return Math.abs(value) < MAX_SCALED && !Object.is(value, -0) ? 0 : FORM_DOUBLE;
  }
  for (let form = 1; form < SCALES.length; form++) {
    const scale = SCALES[form] as number;
    const scaled = Math.round(value * scale);
    // A tiny negative value rounds to −0, which fails the comparison as it must.
    if (Math.abs(scaled) < MAX_SCALED && scaled / scale === value) return form;
  }
  return FORM_DOUBLE;
}

function checkInstant(value: number, name: string): void {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_INSTANT) {
    throw frameError('READINGS_FRAME_VALUE', `"${name}" is ${value}, not an instant`);
  }
}

/** Gives every distinct text a number, in the order of first use. */
class Dictionary {
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(text, next);
    return next;
  }

  write(out: ByteWriter): void {
    out.reserve(9);
    out.varint(this.#numbers.size);
    for (const text of this.#numbers.keys()) out.text(text);
  }
}

/** @throws CaretakerError `READINGS_FRAME_VALUE`, `READINGS_FRAME_TOO_LARGE`. */
export function writeReadings(out: ByteWriter, readings: readonly Reading[]): void {
  const count = readings.length;
  if (count > MAX_READINGS) {
    throw frameError(
      'READINGS_FRAME_TOO_LARGE',
      `${count} readings in one frame; at most ${MAX_READINGS} are allowed`,
    );
  }
  out.reserve(9);
  out.varint(count);
  writePoints(out, readings);
  writeInstants(out, readings);
  writeValues(out, readings);
}

function writePoints(out: ByteWriter, readings: readonly Reading[]): void {
  const points = new Dictionary();
  const indexes = new Uint32Array(readings.length);
  for (let i = 0; i < readings.length; i++) {
    indexes[i] = points.number((readings[i] as Reading).point);
  }
  points.write(out);
  out.reserve(readings.length * 4);
  for (let i = 0; i < readings.length; i++) out.varint(indexes[i] as number);
}

function writeInstants(out: ByteWriter, readings: readonly Reading[]): void {
  out.reserve(readings.length * 16);
  let before = 0;
  for (const { at } of readings) {
    checkInstant(at, 'at');
    out.signed(at - before);
    before = at;
  }
  before = 0;
  for (const { received } of readings) {
    checkInstant(received, 'received');
    out.signed(received - before);
    before = received;
  }
}

function writeValues(out: ByteWriter, readings: readonly Reading[]): void {
  const texts = new Dictionary();
  const forms = new Uint8Array(readings.length);
  out.reserve(readings.length);
  for (let i = 0; i < readings.length; i++) {
    const { value, stamped, history } = readings[i] as Reading;
    const form = valueForm(value);
    if (form === FORM_TEXT) texts.number(value as string);
    forms[i] = form;
    out.byte(form | (stamped ? STAMPED : 0) | (history ? HISTORY : 0));
  }
  texts.write(out);
  out.reserve(readings.length * 8);
  for (let i = 0; i < readings.length; i++) {
    const { value } = readings[i] as Reading;
    const form = forms[i] as number;
    const scale = SCALES[form];
    if (scale !== undefined) out.signed(Math.round((value as number) * scale));
    else if (form === FORM_DOUBLE) out.double(value as number);
    else if (form === FORM_TEXT) out.varint(texts.number(value as string));
  }
}

function valueForm(value: ReadingValue): number {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw frameError(
        'READINGS_FRAME_VALUE',
        `A reading's value is ${value}, not a finite number`,
      );
    }
    return formOf(value);
  }
  if (typeof value === 'string') return FORM_TEXT;
  return value ? FORM_TRUE : FORM_FALSE;
}

/** @throws CaretakerError `READINGS_FRAME_*` on anything `writeReadings` would not have written. */
export function readReadings(input: ByteReader): Reading[] {
  const count = input.varint();
  if (count > MAX_READINGS) {
    throw frameError(
      'READINGS_FRAME_TOO_LARGE',
      `The frame announces ${count} readings; at most ${MAX_READINGS} are allowed`,
    );
  }
  // A reading takes at least four bytes: refuse before anything of that size is allocated.
  if (count * 4 > input.remaining()) throw malformed(`${count} readings cannot be in what follows`);
  const points = readDictionary(input, count);
  const indexes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const index = input.varint();
    if (index >= points.length) throw malformed('a point is not in the dictionary');
    indexes[i] = index;
  }
  const at = readInstants(input, count);
  const received = readInstants(input, count);
  const marks = readMarks(input, count);
  const texts = readDictionary(input, count);
  const readings = new Array<Reading>(count);
  for (let i = 0; i < count; i++) {
    const mark = marks[i] as number;
    readings[i] = {
      point: points[indexes[i] as number] as string,
      at: at[i] as number,
      received: received[i] as number,
      value: readValue(input, mark & FORM_BITS, texts),
      stamped: (mark & STAMPED) !== 0,
      history: (mark & HISTORY) !== 0,
    };
  }
  return readings;
}

function readDictionary(input: ByteReader, readings: number): string[] {
  const size = input.varint();
  if (size > readings) throw malformed('a dictionary is larger than the number of readings');
  const texts: string[] = [];
  for (let i = 0; i < size; i++) texts.push(input.text());
  return texts;
}

function readInstants(input: ByteReader, count: number): Float64Array {
  const instants = new Float64Array(count);
  let instant = 0;
  for (let i = 0; i < count; i++) {
    instant += input.signed();
    if (Math.abs(instant) > MAX_INSTANT) throw malformed('an instant is out of bounds');
    instants[i] = instant;
  }
  return instants;
}

function readMarks(input: ByteReader, count: number): Uint8Array {
  const marks = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const mark = input.byte();
    if ((mark & ~KNOWN_BITS) !== 0) throw malformed('unknown flags');
    marks[i] = mark;
  }
  return marks;
}

function readValue(input: ByteReader, form: number, texts: readonly string[]): ReadingValue {
  const scale = SCALES[form];
  if (scale !== undefined) return input.signed() / scale;
  if (form === FORM_FALSE) return false;
  if (form === FORM_TRUE) return true;
  if (form === FORM_TEXT) {
    const text = texts[input.varint()];
    if (text === undefined) throw malformed('a text is not in the dictionary');
    return text;
  }
  const value = input.double();
  if (!Number.isFinite(value)) throw malformed('a value is not a finite number');
  return value;
}
