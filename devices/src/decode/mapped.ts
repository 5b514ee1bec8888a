import type { Fault } from '@caretaker/readings/base';
import type { Mapping } from '../model/index.ts';
import type { Decoded, Found } from './decoder.ts';
import { lookUp, type Reader, readBody, readField, type Steps } from './fields.ts';
import type { Handler } from './native.ts';
import { ignored, refused, said } from './outcome.ts';
import { isObject, messageIn, textOf } from './payload.ts';
import { Refusal } from './refusal.ts';
import { readTime } from './time.ts';

/** A mapping with what it reads and whom it speaks for. */
export interface Bound {
  readonly mapping: Mapping;
  /** Of the asset and of its node. */
  readonly readers: readonly Reader[];
  readonly heard: readonly string[];
  /** Path of the time stamp that the mapping names. */
  readonly at: Steps | null;
}

/** Decodes what a mapping of a topic says, and ignores everything else in the message. */
export function mapped(bound: Bound): Handler {
  return bound.mapping.format === 'bare' ? mappedBare(bound) : mappedObject(bound);
}

function mappedObject({ mapping, readers, heard, at: steps }: Bound): Handler {
  return (topic, payload, received, trace) => {
    // An empty retained message only clears a topic.
    if (payload.length === 0) return ignored('empty');
    const message = messageIn(payload);
    if (message instanceof Refusal) return refused(topic, message);
    if (!isObject(message)) return refused(topic, notAnObject);
    trace?.({ step: 'mapping', mapping });
    const stamp = steps === null ? undefined : lookUp(message, steps);
    const at = stamp === undefined || stamp === null ? null : readTime(stamp, received);
    if (at instanceof Refusal) return refused(`${topic}: ${mapping.at}`, at);
    trace?.({ step: 'at', raw: stamp, at });
    const found: Found[] = [];
    const faults: Fault[] = [];
    const around = { where: topic, at, historic: false, onlyFacts: false, trace };
    readBody(message, readers, around, { found, faults });
    return said(found, faults, heard);
  };
}

function mappedBare({ mapping, readers, heard }: Bound): Handler {
  return (topic, payload, _received, trace): Decoded => {
    const reader = readers[0];
    if (payload.length === 0 || reader === undefined) return ignored('empty');
    trace?.({ step: 'mapping', mapping });
    const text = textOf(payload);
    const value = text instanceof Refusal ? text : readField(text.trim(), reader, topic, trace);
    if (value === undefined) return ignored('empty', heard);
    if (value instanceof Refusal) return refused(topic, value);
    return said([{ point: reader.target.point, at: null, value, historic: false }], [], heard);
  };
}

const notAnObject = new Refusal(
  'DECODE_NOT_JSON',
  'The message is JSON, but no object',
  'check the topic of the mapping',
);
