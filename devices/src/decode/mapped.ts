import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import type { FieldMapping, Mapping } from '../model/index.ts';
import type { Decoded, Found } from './decoder.ts';
import { type Handler, refused, type Target } from './native.ts';
import { isObject, jsonOf, textOf } from './payload.ts';
import { Refusal } from './refusal.ts';
import { readTime } from './time.ts';
import { numberIn, readValue } from './value.ts';

/** One field of a mapping, made ready to be looked up. */
interface Reader {
  readonly path: string;
  readonly steps: readonly string[];
  readonly target: Target;
  readonly words: ReadonlyMap<string, ReadingValue>;
  readonly sentinels: ReadonlySet<number | string>;
  readonly field: FieldMapping;
}

/** Decodes what a mapping says, and ignores everything else in the message. */
export function mapped(mapping: Mapping, targets: ReadonlyMap<string, Target>): Handler {
  const readers = mapping.fields.flatMap((field) => readerOf(field, targets));
  return mapping.format === 'bare' ? mappedBare(readers) : mappedObject(mapping, readers);
}

function readerOf(field: FieldMapping, targets: ReadonlyMap<string, Target>): Reader[] {
  const target = targets.get(field.metric);
  if (target === undefined) return [];
  return [
    {
      path: field.path,
      steps: field.path.split('.'),
      target,
      words: new Map(Object.entries(field.words ?? {})),
      sentinels: new Set(field.sentinels),
      field,
    },
  ];
}

function mappedObject(mapping: Mapping, readers: readonly Reader[]): Handler {
  const atSteps = mapping.at?.split('.');
  return (topic, payload, received) => {
    // An empty retained message only clears a topic.
    if (payload.length === 0) return nothing;
    const text = textOf(payload);
    const message = text instanceof Refusal ? text : jsonOf(text);
    if (message instanceof Refusal) return refused(topic, message);
    if (!isObject(message)) return refused(topic, notAnObject);
    const stamp = atSteps === undefined ? undefined : lookUp(message, atSteps);
    const at = stamp === undefined || stamp === null ? null : readTime(stamp, received);
    if (at instanceof Refusal) return refused(`${topic}: ${mapping.at}`, at);
    return readMessage(topic, message, readers, at);
  };
}

function readMessage(
  topic: string,
  message: unknown,
  readers: readonly Reader[],
  at: number | null,
): Decoded {
  const found: Found[] = [];
  const faults: Fault[] = [];
  const seen = new Set<Target>();
  for (const reader of readers) {
    if (seen.has(reader.target)) continue;
    const raw = lookUp(message, reader.steps);
    if (raw === undefined || raw === null) continue;
    seen.add(reader.target);
    const value = readMapped(raw, reader);
    if (value === undefined) continue;
    if (value instanceof Refusal) faults.push(value.at(`${topic}: ${reader.path}`));
    else found.push({ point: reader.target.point, at, value, historic: false });
  }
  return { found, faults };
}

function mappedBare(readers: readonly Reader[]): Handler {
  return (topic, payload) => {
    const reader = readers[0];
    if (payload.length === 0 || reader === undefined) return nothing;
    const text = textOf(payload);
    const value = text instanceof Refusal ? text : readMapped(text.trim(), reader);
    if (value === undefined) return nothing;
    if (value instanceof Refusal) return refused(topic, value);
    return {
      found: [{ point: reader.target.point, at: null, value, historic: false }],
      faults: [],
    };
  };
}

/** Own properties only, so that no path reaches what every object inherits. */
function lookUp(message: unknown, steps: readonly string[]): unknown {
  let value = message;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

/** The value, why it is none, or undefined for "no measurement". */
function readMapped(raw: unknown, reader: Reader): ReadingValue | Refusal | undefined {
  if (isSentinel(raw, reader.sentinels)) return undefined;
  const { field, target, words } = reader;
  if (words.size > 0 && typeof raw !== 'object') {
    const said = words.get(String(raw));
    if (said !== undefined) return readValue(said, target.metric);
  }
  if (target.metric.type !== 'number') return readValue(raw, target.metric);
  const number = typeof raw === 'string' ? numberIn(raw, 'unit') : raw;
  if (typeof number !== 'number') return readValue(raw, target.metric);
  if (reader.sentinels.has(number)) return undefined;
  return readValue(scaled(number, field), target.metric);
}

function isSentinel(raw: unknown, sentinels: ReadonlySet<number | string>): boolean {
  return (typeof raw === 'number' || typeof raw === 'string') && sentinels.has(raw);
}

/** Rounded to 12 digits: 0.1 × 3 is 0.3 to anybody who reads it, and the same on every machine. */
function scaled(value: number, field: FieldMapping): number {
  if (field.scale === undefined && field.offset === undefined) return value;
  const result = value * (field.scale ?? 1) + (field.offset ?? 0);
  return Number(result.toPrecision(12));
}

const nothing: Decoded = { found: [], faults: [] };
const notAnObject = new Refusal(
  'DECODE_NOT_JSON',
  'The message is JSON, but no object',
  'check the topic of the mapping',
);
