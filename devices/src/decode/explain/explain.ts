import type { DiscoverySuggestion } from '@caretaker/readings/uplink';
import type { Estate, Mapping } from '../../model/index.ts';
import type { Arrival, Decoded, Decoder } from '../decoder.ts';
import type { Envelope } from '../envelope.ts';
import { isObject, messageIn } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import { leavesOf } from '../suggest/leaves.ts';
import { suggest } from '../suggest/suggest.ts';
import type { TraceStep } from '../trace.ts';

/** One configured field, and what became of it. */
export type ExplainedField = Omit<Extract<TraceStep, { step: 'field' }>, 'step'>;

/** One mapping that took a message, with the time it read and every field it looked at. */
export interface ExplainedMapping {
  /** Null for our own form, whose topic names the asset and whose fields are its metrics. */
  readonly mapping: Mapping | null;
  readonly at: { readonly raw: unknown; readonly at: number | null } | null;
  readonly fields: readonly ExplainedField[];
}

/** One device of a message, or the message as a whole where no family opened it. */
export interface ExplainedPart {
  /** Null where the topic alone says whose message it is. */
  readonly envelope: Envelope | null;
  readonly mappings: readonly ExplainedMapping[];
  /** Values that no field names, by path, shortened. */
  readonly unread: readonly { readonly path: string; readonly value: string }[];
}

/** What a message becomes, and why. */
export interface Explanation {
  readonly topic: string;
  /** Which family claims the topic; null when none does. */
  readonly family: { readonly format: string; readonly base: string } | null;
  readonly parts: readonly ExplainedPart[];
  /** What decoding gave: the explanation and it are of one and the same run. */
  readonly decoded: Decoded;
  readonly outcome: 'accepted' | 'quarantined' | 'ignored';
  /** How the device could be mapped; null when it is, or when nothing is known of what it says. */
  readonly suggestion: DiscoverySuggestion | null;
}

const longestValue = 60;

/**
 * Decodes one message and tells what was done to it, step by step.
 * @param decoder of that estate; families with memory remember the message, as on a gateway
 */
export function explain(
  decoder: Decoder,
  estate: Estate,
  { topic, payload, arrival }: { topic: string; payload: Uint8Array; arrival: Arrival },
): Explanation {
  const steps: TraceStep[] = [];
  const decoded = decoder.decode(topic, payload, arrival, (step) => void steps.push(step));
  const { unmapped } = decoded;
  const family = steps.find((step) => step.step === 'family');
  return {
    topic,
    family: family === undefined ? null : { format: family.format, base: family.base },
    parts: partsOf(steps, payload),
    decoded,
    outcome: outcomeOf(decoded),
    suggestion: unmapped === null ? null : suggest(unmapped, estate),
  };
}

/** A message is exactly one of them: with one good value it is accepted, whatever else is in it. */
function outcomeOf({ found, faults }: Decoded): Explanation['outcome'] {
  if (found.length > 0) return 'accepted';
  return faults.length > 0 ? 'quarantined' : 'ignored';
}

interface Part {
  readonly envelope: Envelope | null;
  readonly mappings: {
    mapping: Mapping | null;
    at: ExplainedMapping['at'];
    fields: ExplainedField[];
  }[];
}

function partsOf(steps: readonly TraceStep[], payload: Uint8Array): ExplainedPart[] {
  const parts: Part[] = [];
  for (const step of steps) {
    const part = parts.at(-1);
    const mapping = part?.mappings.at(-1);
    switch (step.step) {
      case 'family':
        break;
      case 'envelope':
        parts.push({ envelope: step.envelope, mappings: [] });
        break;
      case 'mapping': {
        const begun = { mapping: step.mapping, at: null, fields: [] };
        if (part === undefined) parts.push({ envelope: null, mappings: [begun] });
        else part.mappings.push(begun);
        break;
      }
      case 'at': {
        const { raw, at } = step;
        if (mapping === undefined) parts.push(ownForm({ at: { raw, at }, fields: [] }));
        else mapping.at = { raw, at };
        break;
      }
      case 'field': {
        const { step: _, ...field } = step;
        if (mapping === undefined) parts.push(ownForm({ at: null, fields: [field] }));
        else mapping.fields.push(field);
        break;
      }
    }
  }
  return parts.map((part) => {
    const body = part.envelope?.body ?? messageIn(payload);
    return { ...part, unread: unreadOf(body, part) };
  });
}

/** What is read without a mapping before it. */
function ownForm(read: Pick<Part['mappings'][number], 'at' | 'fields'>): Part {
  return { envelope: null, mappings: [{ mapping: null, ...read }] };
}

function unreadOf(body: unknown, { mappings }: Part): ExplainedPart['unread'] {
  if (!isObject(body) || body instanceof Refusal) return [];
  const named = new Set<string>();
  for (const { mapping } of mappings) {
    // Of our own form every field is read, or a fault.
    if (mapping === null) return [];
    for (const path of pathsOf(mapping)) named.add(path);
  }
  const left = leavesOf(body).filter(({ path }) => !path.startsWith('$') && !named.has(path));
  return left.map(({ path, value }) => ({ path, value: shortened(value) }));
}

/** Everywhere a mapping looks. */
function pathsOf({ at, fields, nodeFields = [] }: Mapping): string[] {
  const paths = [...fields, ...nodeFields].flatMap(({ path, or = [] }) => [path, ...or]);
  return at === undefined ? paths : [at, ...paths];
}

/** A value as JSON has it, short enough for a line. */
export function shortened(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
