import {
  type ExplainedField,
  type ExplainedMapping,
  type ExplainedPart,
  type Explanation,
  shortened,
  suggestionYaml,
} from '@caretaker/devices/decode';
import type { Fault } from '@caretaker/readings/base';

/** For people: what the message is, what became of each value and why, and what to do next. */
export function explanationLines(explanation: Explanation): string[] {
  const { topic, family, parts, decoded, suggestion } = explanation;
  return [
    line('Topic', topic),
    line('Family', familyText(topic, family)),
    ...parts.flatMap(partLines),
    '',
    line('Outcome', outcome(explanation)),
    ...decoded.found.map(({ point, value, at, historic }) => {
      const time = at === null ? 'at its receipt' : `at ${instant(at)}`;
      return indented(`${point} = ${shortened(value)}, ${time}${historic ? ', of the past' : ''}`);
    }),
    ...decoded.faults.flatMap(faultLines),
    ...(suggestion === null ? [] : ['', ...suggestionLines(suggestion)]),
  ];
}

function familyText(topic: string, family: Explanation['family']): string {
  if (family !== null) {
    return family.base === '' ? family.format : `${family.format}, by its base "${family.base}"`;
  }
  return topic.startsWith('caretaker/')
    ? 'our own: the topic names the asset, and the message its metrics'
    : 'none: the topic is not that of a known family of devices';
}

function partLines({ envelope, mappings, unread }: ExplainedPart): string[] {
  const lines: string[] = [''];
  if (envelope !== null) {
    const { device, aliases = [], about, historic, simulated } = envelope;
    lines.push(line('Device', device));
    if (aliases.length > 0) lines.push(line('Also called', aliases.join(', ')));
    if (about !== 'values') lines.push(line('Says', aboutWords[about]));
    if (simulated === true) lines.push(line('Says', 'that it comes from a simulator'));
    if (historic === true) lines.push(line('Says', 'that it is a record of the past'));
  }
  if (mappings.length === 0 && envelope !== null) lines.push(line('Mapping', 'none names it'));
  lines.push(...mappings.flatMap(mappingLines));
  if (unread.length > 0) {
    const values = unread.map(({ path, value }) => `${path} = ${value}`);
    lines.push(
      line('Not read', `${unread.length} values that no field names`),
      ...values.map(indented),
    );
  }
  return lines;
}

const aboutWords = {
  presence: 'whether it is there',
  sign: 'nothing but that it lives',
} as const;

function mappingLines({ mapping, at, fields }: ExplainedMapping): string[] {
  if (mapping === null)
    return [...timeLines(at), ...fields.map((field) => indented(fieldText(field)))];
  const { format, device, topic, asset, node, preset } = mapping;
  const names = `${format} ${device ?? topic ?? ''} → ${asset}`;
  const more = [
    ...(node === undefined ? [] : [`what the device says of itself → ${node}`]),
    ...(preset === undefined ? [] : [`preset ${preset}`]),
  ];
  return [
    line('Mapping', [names, ...more].join('; ')),
    ...timeLines(at),
    ...fields.map((field) => indented(fieldText(field))),
  ];
}

function timeLines(at: ExplainedMapping['at']): string[] {
  return at === null ? [] : [line('Time', timeText(at))];
}

function timeText({ raw, at }: { readonly raw: unknown; readonly at: number | null }): string {
  if (at !== null) return `${shortened(raw)} → ${instant(at)}`;
  return raw === undefined || raw === null
    ? 'none given: the gateway stamps it'
    : `${shortened(raw)} cannot be used`;
}

/** Path → raw value → what was done to it → value and point. */
function fieldText({
  path,
  raw,
  outcome,
  word,
  unit,
  value,
  fault,
  point,
}: ExplainedField): string {
  const name = path === '' ? 'the value' : path;
  if (outcome === 'absent') return `${name}: not in this message (${point})`;
  if (outcome === 'spent') return `${name}: not looked at, a field before it gave ${point}`;
  const read = `${name}: ${shortened(raw)}`;
  if (outcome === 'sentinel') return `${read} means "no measurement" (${point})`;
  if (outcome === 'fault') return `${read} is refused: ${fault?.message ?? ''}`;
  const by =
    word !== undefined ? ' by its word' : unit !== undefined && unit !== '' ? ` from ${unit}` : '';
  return `${read} →${by} ${shortened(value)} (${point})`;
}

function outcome({ outcome: what, decoded }: Explanation): string {
  const { found, faults, ignored } = decoded;
  if (what === 'ignored')
    return `ignored: ${ignored === null ? 'it says nothing' : ignoredWords[ignored]}`;
  const readings = found.length === 1 ? '1 reading' : `${found.length} readings`;
  if (faults.length === 0) return `accepted: ${readings}`;
  const bad = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return `${what}: ${found.length === 0 ? '' : `${readings}, `}${bad} into quarantine`;
}

const ignoredWords = {
  sign: 'it says nothing but that the device lives',
  presence: 'it says whether the device is there, and no value',
  retained: 'it is an old message that a broker had kept, without a time of its own',
  simulated: 'it comes from a simulator',
  empty: 'it has no value that a mapping reads',
  duplicate: 'it was said before',
} as const;

function faultLines({ code, message, next, where }: Fault): string[] {
  const at = where === undefined ? '' : ` (${where})`;
  return [
    indented(`[${code}] ${message}${at}`),
    ...(next === undefined ? [] : [indented(`  ${next}`)]),
  ];
}

function suggestionLines(suggestion: NonNullable<Explanation['suggestion']>): string[] {
  const { preset, score, kind, doubts, fields } = suggestion;
  const by = preset === null ? 'by the names of its values' : `by the preset ${preset}`;
  return [
    line('Suggested', `${kind}, ${by} (fits by ${Math.round(score * 100)} %)`),
    ...fields.map(({ path, value, metric }) =>
      indented(`${path || 'the value'}: ${value} → ${metric}`),
    ),
    ...doubts.map((doubt) => line('Check', doubt.en)),
    '',
    'To be pasted into the estate, with names and place as people know them:',
    '',
    suggestionYaml(suggestion).trimEnd(),
  ];
}

function instant(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

const width = 12;
const line = (name: string, text: string): string => `${name.padEnd(width)}${text}`;
const indented = (text: string): string => `${' '.repeat(width)}${text}`;
