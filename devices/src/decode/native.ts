import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import type { Metric } from '../kinds/index.ts';
import type { Decoded, Found } from './decoder.ts';
import { refused, said } from './outcome.ts';
import { isObject, messageIn, textOf } from './payload.ts';
import { Refusal } from './refusal.ts';
import type { Target } from './target.ts';
import { readTime } from './time.ts';
import type { Trace } from './trace.ts';
import { numberIn, readValue } from './value.ts';

/** Decodes the messages of one topic. */
export type Handler = (
  topic: string,
  payload: Uint8Array,
  received: number,
  trace?: Trace,
) => Decoded;

/** More fields than any kind has metrics, with room to spare. */
const mostFields = 64;

/** `caretaker/<asset>`: one JSON object of metrics, with an optional `at`. */
export function nativeObject(asset: string, targets: ReadonlyMap<string, Target>): Handler {
  const heard = [asset];
  return (topic, payload, received, trace) => {
    const message = messageIn(payload);
    if (message instanceof Refusal) return refused(topic, message);
    if (!isObject(message)) return refused(topic, notAnObject);
    const at = message.at === undefined ? null : readTime(message.at, received);
    if (at instanceof Refusal) return refused(`${topic}: at`, at);
    trace?.({ step: 'at', raw: message.at, at });
    return readFields(topic, message, { targets, heard, at, trace });
  };
}

interface Expected {
  readonly targets: ReadonlyMap<string, Target>;
  readonly heard: readonly string[];
  readonly at: number | null;
  readonly trace: Trace | undefined;
}

function readFields(
  topic: string,
  message: Readonly<Record<string, unknown>>,
  { targets, heard, at, trace }: Expected,
): Decoded {
  const names = Object.keys(message);
  if (names.length > mostFields) return refused(topic, tooManyFields);
  const found: Found[] = [];
  const faults: Fault[] = [];
  for (const name of names) {
    if (name === 'at') continue;
    const target = targets.get(name);
    if (target === undefined) {
      faults.push(unknownMetric(name, targets).at(`${topic}: ${name.slice(0, 64)}`));
      continue;
    }
    const value = readValue(message[name], target.metric);
    if (trace !== undefined) {
      const where = `${topic}: ${name}`;
      tell(trace, value, { path: name, target, raw: message[name], where });
    }
    if (value instanceof Refusal) faults.push(value.at(`${topic}: ${name}`));
    else found.push({ point: target.point, at, value, historic: false });
  }
  return said(found, faults, heard);
}

/** `caretaker/<asset>/<metric>`: one bare value, stamped by the gateway. */
export function nativeBare(asset: string, target: Target): Handler {
  const heard = [asset];
  return (topic, payload, _received, trace) => {
    const text = textOf(payload);
    if (text instanceof Refusal) return refused(topic, text);
    const value = readValue(bareValue(text, target.metric), target.metric);
    if (trace !== undefined) tell(trace, value, { path: '', target, raw: text, where: topic });
    if (value instanceof Refusal) return refused(topic, value);
    return said([{ point: target.point, at: null, value, historic: false }], [], heard);
  };
}

function tell(
  trace: Trace,
  value: ReadingValue | Refusal,
  { path, target, raw, where }: { path: string; target: Target; raw: unknown; where: string },
): void {
  trace({
    ...{ step: 'field', path, point: target.point, raw },
    ...(value instanceof Refusal
      ? { outcome: 'fault', fault: value.at(where) }
      : { outcome: 'value', value }),
  });
}

/** A word may stand with or without JSON's quotes. */
function bareValue(text: string, metric: Metric): unknown {
  const trimmed = text.trim();
  if (metric.type === 'number') return numberIn(trimmed) ?? trimmed;
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

/** `caretaker/<asset>` or `caretaker/<asset>/<metric>` that no handler knows. */
export function unknownNative(
  topic: string,
  assets: ReadonlyMap<string, ReadonlyMap<string, Target>>,
): Decoded {
  const [, asset = '', metric = ''] = topic.split('/');
  const targets = assets.get(asset);
  if (targets !== undefined) return refused(topic, unknownMetric(metric, targets));
  const message = `There is no asset "${asset.slice(0, 64)}"`;
  const next = 'declare it in the estate, or correct the topic';
  return refused(topic, new Refusal('DECODE_UNKNOWN_POINT', message, next));
}

function unknownMetric(name: string, targets: ReadonlyMap<string, Target>): Refusal {
  const message = `The asset has no point "${name.slice(0, 64)}"`;
  const next = `it has ${[...targets.keys()].join(', ')}`;
  return new Refusal('DECODE_UNKNOWN_POINT', message, next);
}

const notAnObject = new Refusal(
  'DECODE_NOT_JSON',
  'The message is JSON, but no object',
  'send one JSON object, or a bare value to caretaker/<asset>/<metric>',
);
const tooManyFields = new Refusal(
  'DECODE_TOO_MANY_FIELDS',
  `The message has more than ${mostFields} fields`,
  'send the metrics of this asset only',
);
