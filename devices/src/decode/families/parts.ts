import type { Envelope } from '../envelope.ts';
import { isObject, jsonOf, messageIn, textOf } from '../payload.ts';
import { Refusal } from '../refusal.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What of a topic lies below its base, or undefined when it does not lie there. Everything lies below ''. */
export function below(topic: string, base: string): string | undefined {
  if (base === '') return topic;
  return topic.startsWith(base) && topic[base.length] === '/'
    ? topic.slice(base.length + 1)
    : undefined;
}

/** The message as one JSON object. */
export function objectOf(payload: Uint8Array): Json | Refusal {
  const message = messageIn(payload);
  if (message instanceof Refusal) return message;
  return isObject(message) ? message : notAnObject;
}

/** Something that is an object one level down, or nothing at all. */
export function objectIn(value: Json, key: string): Json | undefined {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? inner : undefined;
}

/** A text of at least one character that stands under a key. */
export function textIn(value: Json, key: string): string | undefined {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof inner === 'string' && inner !== '' ? inner : undefined;
}

/** A number that stands under a key. */
export function numberIn(value: Json, key: string): number | undefined {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof inner === 'number' ? inner : undefined;
}

/** A message that is not as its vendor documents it. */
export function malformed(message: string, next: string): Refusal {
  return new Refusal('DECODE_ENVELOPE', message, next);
}

/** Whether a device says of itself that it is there; undefined for any other word. */
export function presenceIn(
  payload: Uint8Array,
  words: { readonly on: string; readonly off: string },
): boolean | Refusal {
  const text = textOf(payload);
  if (text instanceof Refusal) return text;
  const word = wordIn(text).toLowerCase();
  if (word === words.on) return true;
  if (word === words.off) return false;
  const message = `Availability is said as "${words.on}" or "${words.off}"`;
  return malformed(message, 'check which program publishes to this topic');
}

/** A bare word, or the one under `state` of an object. */
function wordIn(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  const message = jsonOf(trimmed);
  if (message instanceof Refusal || !isObject(message)) return '';
  return textIn(message, 'state') ?? '';
}

export function presence(
  device: string,
  online: boolean,
  aliases: readonly string[] = [],
): Envelope {
  return { device, aliases, about: 'presence', online, body: {}, at: null };
}

const notAnObject = new Refusal(
  'DECODE_NOT_JSON',
  'The message is JSON, but no object',
  'check which program publishes to this topic',
);
