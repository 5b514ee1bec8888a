import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import type { FieldMapping } from '../model/index.ts';
import { convert, isUnit, rounded } from '../units.ts';
import type { Found } from './decoder.ts';
import { Refusal, shown } from './refusal.ts';
import type { Target } from './target.ts';
import type { Trace } from './trace.ts';
import { quantityIn, readValue } from './value.ts';

/** A path as a body is searched by it. */
export interface Steps {
  readonly path: string;
  readonly steps: readonly string[];
}

/** One field of a mapping, made ready to be looked up. */
export interface Reader extends Steps {
  /** Further paths of a flag: it is true when any of them says so. */
  readonly or: readonly Steps[];
  readonly target: Target;
  readonly words: ReadonlyMap<string, ReadingValue>;
  readonly sentinels: ReadonlySet<number | string>;
  readonly field: FieldMapping;
}

/** Where what is found in one body goes. */
export interface Sink {
  readonly found: Found[];
  readonly faults: Fault[];
}

/** What holds for all values of one body. */
export interface Around {
  /** Where the body stood, for faults. */
  readonly where: string;
  readonly at: number | null;
  readonly historic: boolean;
  /** Of a mere sign of life only the facts of the envelope are read. */
  readonly onlyFacts: boolean;
  readonly trace: Trace | undefined;
}

export function stepsOf(path: string): Steps {
  return { path, steps: path.split('.') };
}

/** Readers of the fields whose points the asset declares. */
export function readersOf(
  fields: readonly FieldMapping[],
  targets: ReadonlyMap<string, Target>,
): Reader[] {
  return fields.flatMap((field) => {
    const target = targets.get(field.metric);
    if (target === undefined) return [];
    return [
      {
        ...stepsOf(field.path),
        or: (field.or ?? []).map(stepsOf),
        target,
        words: new Map(Object.entries(field.words ?? {})),
        sentinels: new Set(field.sentinels),
        field,
      },
    ];
  });
}

/** Reads what the fields name and ignores everything else. Of two that give one metric, the first present counts. */
export function readBody(
  body: Readonly<Record<string, unknown>>,
  readers: readonly Reader[],
  { where, at, historic, onlyFacts, trace }: Around,
  { found, faults }: Sink,
): void {
  const seen = new Set<Target>();
  for (const reader of readers) {
    const { path, target } = reader;
    if (onlyFacts && !path.startsWith('$')) continue;
    if (seen.has(target)) {
      trace?.({ step: 'field', path, point: target.point, raw: undefined, outcome: 'spent' });
      continue;
    }
    const raw = reader.or.length === 0 ? lookUp(body, reader) : anyOf(body, reader);
    if (raw === undefined || raw === null) {
      trace?.({ step: 'field', path, point: target.point, raw, outcome: 'absent' });
      continue;
    }
    seen.add(target);
    const value = readField(raw, reader, where, trace);
    if (value === undefined) continue;
    if (value instanceof Refusal) faults.push(value.at(placeOf(where, path)));
    else found.push({ point: target.point, at, value, historic });
  }
}

/** What makes the flag true, or else what was there first. */
function anyOf(body: Readonly<Record<string, unknown>>, reader: Reader): unknown {
  let first: unknown;
  for (const steps of [reader, ...reader.or]) {
    const raw = lookUp(body, steps);
    if (raw === undefined || raw === null) continue;
    if (readRaw(raw, reader).value === true) return raw;
    first ??= raw;
  }
  return first;
}

/** The value, why it is none, or undefined for "no measurement". */
export function readField(
  raw: unknown,
  reader: Reader,
  where: string,
  trace?: Trace,
): ReadingValue | Refusal | undefined {
  const read = readRaw(raw, reader);
  if (trace === undefined) return read.value;
  const { value, word, unit } = read;
  trace({
    ...{ step: 'field', path: reader.path, point: reader.target.point, raw },
    ...(word === undefined ? {} : { word }),
    ...(unit === undefined ? {} : { unit }),
    ...(value === undefined
      ? { outcome: 'sentinel' }
      : value instanceof Refusal
        ? { outcome: 'fault', fault: value.at(placeOf(where, reader.path)) }
        : { outcome: 'value', value }),
  });
  return value;
}

/** A bare value has no path. */
function placeOf(where: string, path: string): string {
  return path === '' ? where : `${where}: ${path}`;
}

/**
 * What stands at a path: under the whole of it, since names may have dots, or else step by step. Own properties
 * only, so that no path reaches what every object inherits.
 */
export function lookUp(body: Readonly<Record<string, unknown>>, { path, steps }: Steps): unknown {
  if (Object.hasOwn(body, path)) return body[path];
  if (steps.length === 1) return undefined;
  let value: unknown = body;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

interface Read {
  readonly value: ReadingValue | Refusal | undefined;
  readonly word?: string;
  readonly unit?: string;
}

function readRaw(given: unknown, reader: Reader): Read {
  const { raw, unit: beside } = unwrapped(given);
  if (isSentinel(raw, reader.sentinels)) return { value: undefined };
  const { target, words } = reader;
  if (words.size > 0 && typeof raw !== 'object') {
    const word = String(raw);
    const said = words.get(word);
    if (said !== undefined) return { value: readValue(said, target.metric), word };
  }
  if (target.metric.type !== 'number') return { value: readValue(raw, target.metric) };
  const quantity = typeof raw === 'string' ? quantityIn(raw) : { number: raw, unit: '' };
  if (typeof quantity?.number !== 'number') return { value: readValue(raw, target.metric) };
  const { number } = quantity;
  if (reader.sentinels.has(number)) return { value: undefined };
  return inMetric(number, beside ?? quantity.unit, reader);
}

/** `{ value, unit }`, as Decentlab's decoders write every value, is the value. */
function unwrapped(given: unknown): { raw: unknown; unit: string | undefined } {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, 'value')) {
    return { raw: given, unit: undefined };
  }
  const { value, unit } = given as { value: unknown; unit?: unknown };
  return { raw: value, unit: typeof unit === 'string' ? unit : undefined };
}

function isSentinel(raw: unknown, sentinels: ReadonlySet<number | string>): boolean {
  return (typeof raw === 'number' || typeof raw === 'string') && sentinels.has(raw);
}

/** The number in the unit of its metric: by the unit that came with it, or else the one that the mapping says. */
function inMetric(number: number, said: string, { field, target }: Reader): Read {
  const { metric } = target;
  const own = ownUnit(said, field, metric.unit);
  if (own instanceof Refusal) return { value: own };
  const unit = own ?? field.unit;
  const converted = unit === undefined ? number : convert(number, unit, metric.unit);
  const value =
    converted === undefined
      ? misfit(said, metric.id, metric.unit)
      : readValue(scaled(converted, field), metric);
  return unit === undefined ? { value } : { value, unit };
}

/** The unit that came with a value where it is to be believed: a `scale` speaks of the bare number. */
function ownUnit(said: string, field: FieldMapping, unit: string): string | undefined | Refusal {
  if (said === '' || unit === '' || (field.scale !== undefined && field.unit === undefined)) {
    return undefined;
  }
  if (isUnit(said)) return said;
  return field.unit === undefined ? misfit(said, field.metric, unit) : undefined;
}

function misfit(said: string, metric: string, unit: string): Refusal {
  return new Refusal(
    'DECODE_UNIT_UNKNOWN',
    `${shown(said.trim())} is no unit that ${metric} can be converted from`,
    `${metric} is in ${unit}: say the unit of the device in its mapping`,
  );
}

function scaled(value: number, field: FieldMapping): number {
  if (field.scale === undefined && field.offset === undefined) return value;
  return rounded(value * (field.scale ?? 1) + (field.offset ?? 0));
}
