import type { Text } from '@caretaker/readings/base';
import { kinds, type Metric } from '../../kinds/index.ts';
import { type Concept, concepts } from './concepts.ts';
import { type Leaf, numberOf } from './leaves.ts';

/** A field of a mapping as the YAML of an estate has it. */
interface SuggestedField {
  readonly path: string;
  readonly metric: string;
  readonly unit?: string;
  readonly words?: Readonly<Record<string, string | number | boolean>>;
  readonly sentinels?: readonly number[];
}

/** What one value could be for a kind of asset. */
export interface Reading {
  readonly leaf: Leaf;
  readonly field: SuggestedField;
  /** Sentences on what was guessed. */
  readonly doubts: readonly Text[];
}

/** Names that say when, who or how, and measure nothing. */
const asides =
  /^\$|^(time|timestamp|ts|at|date|lastseen|receivedat|fcnt|fport|event|eventtype|id|uuid|uid|version|protocolversion|deviceid|serial|sn|model|name|mod|mode|source|interruptflag|sensorflag|length|numberofvalidsamples|status|unit|tempunit|class|type)$/;

/** Whether a value measures something, as far as its name says. */
export function measures(leaf: Leaf): boolean {
  return !asides.test(leaf.name);
}

/** Our own names for metrics, which somebody may have given to the fields of a device. */
const own = Map.groupBy(
  Object.values(kinds).flatMap((kind) =>
    Object.keys(kind.metrics).map((metric) => ({ kind: kind.id, metric })),
  ),
  ({ metric }) => metric.replaceAll('_', ''),
);

/** What a name means; null when nobody knows. */
export function conceptOf(leaf: Leaf): Concept | null {
  const known = concepts.find((one) => one.name.test(leaf.name) && fits(one, leaf));
  if (known !== undefined) return known;
  const ours = own.get(leaf.name);
  if (ours === undefined) return null;
  const metrics = Object.fromEntries(ours.map(({ kind, metric }) => [kind, metric]));
  return { name: /^$/, metrics };
}

/** Where a concept stands among all: names of our own come last. */
export function rankOf(concept: Concept): number {
  const index = concepts.indexOf(concept);
  return index === -1 ? concepts.length : index;
}

function fits({ only }: Concept, leaf: Leaf): boolean {
  if (only === undefined) return true;
  return (numberOf(leaf) !== null) === (only === 'number') || leaf.value === 0 || leaf.value === 1;
}

/** Reads a value as the concept's metric of a kind; null when it cannot be one. */
export function readingOf(
  leaf: Leaf,
  concept: Concept,
  kind: string,
  format: string,
): Reading | null {
  const metric = kinds[kind]?.metrics[metricOf(leaf, concept, kind) ?? ''];
  if (metric === undefined) return null;
  const base = { path: leaf.path, metric: metric.id };
  if (metric.type === 'number') return numberReading(leaf, base, concept, metric, format);
  const words = wordsFor(leaf, concept, metric);
  if (words === null) return null;
  const guessed = metric.type === 'state' && typeof leaf.value !== 'string';
  return {
    leaf,
    field: { ...base, ...(Object.keys(words).length === 0 ? {} : { words }) },
    doubts: guessed && leaf.name !== 'contact' ? [polarity(leaf, words)] : [],
  };
}

/** A battery is told in percent, in volts or in millivolts, often under the same name. */
function metricOf(leaf: Leaf, { metrics }: Concept, kind: string): string | undefined {
  const metric = metrics[kind];
  const number = numberOf(leaf);
  if (metric !== 'battery_pct' || number === null) return metric;
  const volts = leaf.unit === 'V' || leaf.unit === 'mV';
  const looksLikeVolts = leaf.unit === null && number > 1.5 && number < 4.5 && !isWhole(number);
  return volts || looksLikeVolts ? 'battery_v' : metric;
}

function numberReading(
  leaf: Leaf,
  base: { path: string; metric: string },
  concept: Concept,
  metric: Metric,
  format: string,
): Reading | null {
  const number = numberOf(leaf);
  if (number === null) return null;
  const sentinels = concept.sentinels === undefined ? {} : { sentinels: concept.sentinels };
  const { unit, doubt } = unitFor(leaf, number, concept, metric, format);
  const doubts = doubt === null ? [] : [doubt];
  return {
    leaf,
    field: { ...base, ...(unit === null ? {} : { unit }), ...sentinels },
    doubts: metric.id === 'battery_v' && leaf.unit === null ? [volts(leaf), ...doubts] : doubts,
  };
}

function unitFor(
  leaf: Leaf,
  number: number,
  concept: Concept,
  metric: Metric,
  format: string,
): { unit: string | null; doubt: Text | null } {
  // A unit that comes with the value is believed when it is read.
  if (leaf.unit !== null) return { unit: null, doubt: null };
  if (metric.id === 'battery_v' && number > 100) return { unit: 'mV', doubt: null };
  const named = /(mm|cm|kw|ma)$/.exec(leaf.name)?.[1];
  const spelt = { mm: 'mm', cm: 'cm', kw: 'kW', ma: 'mA' }[named ?? ''];
  if (spelt !== undefined) return { unit: spelt === metric.unit ? null : spelt, doubt: null };
  if (concept.unit === undefined) return { unit: null, doubt: null };
  const unit = format === 'tasmota' ? 'cm' : concept.unit;
  const doubt = {
    en: `The unit of "${shortened(leaf.path)}" is not said: ${unit} is a guess.`,
    zh: `“${shortened(leaf.path)}”未注明单位：${unit} 为推测。`,
  };
  return { unit: unit === metric.unit ? null : unit, doubt };
}

/** Words that devices use in pairs: first what the metric's yes is. */
const pairs: readonly (readonly [yes: string, no: string])[] = [
  ['open', 'closed'],
  ['open', 'close'],
  ['on', 'off'],
  ['true', 'false'],
  ['1', '0'],
  ['leak', 'normal'],
  ['tilt', 'normal'],
  ['uninstalled', 'installed'],
  ['wet', 'dry'],
  ['alarm', 'normal'],
  ['trigger', 'normal'],
];

/** Words of a mapping: none when the value is read without; null when the value says nothing of the metric. */
function wordsFor(
  leaf: Leaf,
  { yes }: Concept,
  metric: Metric,
): Record<string, string | boolean> | null {
  const said = String(leaf.value);
  const lower = said.toLowerCase();
  if (metric.type === 'state' && metric.states?.includes(lower)) {
    return lower === 'open' && yes?.is === 'open' ? pairWords(said, ['open', 'close'], yes) : {};
  }
  const possible = pairs.filter((one) => one.includes(lower));
  const pair = possible.find(([word]) => word === metric.id) ?? possible[0];
  if (pair === undefined) return null;
  const plain = ['true', 'on', '1'].includes(pair[0]);
  if (yes === undefined) return metric.type === 'flag' && plain ? {} : null;
  if (metric.type === 'flag' && plain && yes.is === true) return {};
  const fitting =
    metric.type === 'flag' || metric.states?.includes(String(yes.is)) === true ? yes : null;
  return fitting === null ? null : pairWords(said, pair, fitting);
}

function pairWords(
  said: string,
  pair: readonly [string, string],
  yes: { readonly is: string | boolean; readonly not: string | boolean },
): Record<string, string | boolean> {
  const written = said === said.toUpperCase() ? (word: string) => word.toUpperCase() : same;
  return { [written(pair[0])]: yes.is, [written(pair[1])]: yes.not };
}

const same = (word: string): string => word;
const isWhole = (number: number): boolean => Number.isInteger(number);

function polarity(leaf: Leaf, words: Readonly<Record<string, string | boolean>>): Text {
  const [word = '', meaning = ''] = Object.entries(words)[0] ?? [];
  const path = shortened(leaf.path);
  return {
    en: `That "${path}" = ${word} means ${meaning} is a guess: try it at the device.`,
    zh: `“${path}”为 ${word} 表示 ${meaning} 系推测，请在设备处核实。`,
  };
}

function volts(leaf: Leaf): Text {
  const path = shortened(leaf.path);
  return { en: `"${path}" looks like volts, not percent.`, zh: `“${path}”像是伏特而非百分比。` };
}

/** Names of fields come from outside: a sentence must stay one. */
function shortened(path: string): string {
  return path.length <= 60 ? path : `${path.slice(0, 59)}…`;
}
