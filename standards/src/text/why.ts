import { kinds } from '@caretaker/devices/kinds';
import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { CalendarSpec } from '../rules/clause.ts';
import type { Leaf, LeafCount, Node, Resolved } from '../rules/resolve.ts';
import { bandText, countText, overText, sidedText, theLimit, whenText } from './phrases.ts';
import { stateText } from './states.ts';
import { band, capital, duration, glue, nothing, text, together, value } from './words.ts';

/** What a person reads on the ticket: value, limit, how long it had to last, and at what times it counts. */
export function whyOf(kind: string, resolved: Resolved, worst: ReadingValue | null): Text {
  const leaf = resolved.leaves[0];
  if (leaf === undefined) return resolved.rule.title;
  const counted = leaf.count === null ? nothing : countText(countOf(leaf.count));
  const held = resolved.for === 0 ? null : duration(resolved.for);
  const lasting = held === null ? nothing : text(`for ${held.en} or longer`, `持续 ${held.zh}以上`);
  const time = timesOf(resolved);
  const { what, against } = breachOf(kind, leaf, worst);
  const rest = [counted, lasting].filter((part) => part !== nothing);
  const en = [what.en, against.en, ...rest.map((part) => part.en), time.en];
  const zh = [glue(time.zh, what.zh), against.zh, ...rest.map((part) => part.zh)];
  const worstSaid = leaf.comparison !== 'is' && against !== nothing && worst !== null;
  return text(
    `${en.filter((part) => part !== '').join(' ')}.`,
    // Without a worst value, subject and limit are one clause.
    `${(worstSaid ? zh : [glue(zh[0] ?? '', zh[1] ?? ''), ...zh.slice(2)]).filter((part) => part !== '').join('，')}。`,
  );
}

/** The subject with its worst value, and what that is held against. */
function breachOf(
  kind: string,
  leaf: Leaf,
  worst: ReadingValue | null,
): { readonly what: Text; readonly against: Text } {
  const { label, unit } = metricOf(kind, leaf.metric);
  if (leaf.comparison === 'is') {
    const states = worst === null ? leaf.is : [worst];
    return { what: capital(stateText(kind, leaf.metric, label, states)), against: nothing };
  }
  if (leaf.comparison === 'changed') {
    return { what: together([label, text('changed', '变化')], ' '), against: nothing };
  }
  const subject = overText(label, leaf.over, leaf.window, leaf.percentile);
  if (leaf.comparison === 'atMost' && leaf.limit === 0) {
    const none = value(0, unit);
    return { what: together([subject, text(none.en, `为 ${none.zh}`)], ' '), against: nothing };
  }
  const against =
    leaf.comparison === 'outside'
      ? bandText(leaf.outside, unit)
      : sidedText(leaf.comparison, theLimit(leaf.limit, unit), false);
  if (worst === null) return { what: subject, against };
  const shown = value(worst, unit);
  const reached = text(`${shown.en} at worst,`, `${extreme(leaf, unit)} ${shown.zh}`);
  return { what: together([subject, reached], ' '), against };
}

/** What the worst value is called in Chinese: a duration is long, anything else high. */
function extreme({ comparison }: Leaf, unit: string): string {
  if (comparison === 'outside') return '最差';
  const upward = comparison === 'above' || comparison === 'atLeast';
  if (unit === 's') return upward ? '最长' : '最短';
  return upward ? '最高' : '最低';
}

function countOf({ least, share, of, within, during }: LeafCount) {
  return {
    ...(share === null ? { least } : { share }),
    of: of >= 4_096 ? undefined : of,
    within: within === 0 ? undefined : within,
    during: during ?? undefined,
  };
}

/** Hours outside which it would be no breach. */
function timesOf({ when, only }: Resolved): Text {
  const specs: CalendarSpec[] = [];
  const walk = (node: Node): void => {
    if (node.op === 'calendar') specs.push(node.calendar);
    else if (node.op === 'all') for (const inner of node.of) walk(inner);
  };
  walk(when);
  if (only !== null) walk(only);
  return together(specs.map(whenText), ' ');
}

function metricOf(kind: string, metric: string): { readonly label: Text; readonly unit: string } {
  const known = kinds[kind]?.metrics[metric];
  return { label: known?.label ?? text(metric, metric), unit: known?.unit ?? '' };
}

/** Why the silence of a point is worth a ticket. */
export function whySilent(kind: string, metric: string, silentAfter: number): Text {
  const { label } = metricOf(kind, metric);
  const span = duration(silentAfter);
  return text(
    `${label.en}: no reading for ${span.en}, so its value is unknown.`,
    `${label.zh}：${span.zh}无读数，数值未知。`,
  );
}

/** `Slam level 86 dB(A), limit 80 dB(A)`: the fact, not the mood. */
export function leafFact(kind: string, leaf: Leaf, current: ReadingValue | null): Text {
  const { label, unit } = metricOf(kind, leaf.metric);
  if (current === null) return text(`${label.en}: unknown`, `${label.zh}：未知`);
  if (leaf.comparison === 'is') return capital(stateText(kind, leaf.metric, label, [current]));
  const shown = together([overText(label, leaf.over, leaf.window), value(current, unit)], ' ');
  const limit = leaf.comparison === 'outside' ? band(leaf.outside, unit) : value(leaf.limit, unit);
  const word = leaf.comparison === 'outside' ? 'limits' : 'limit';
  return text(`${shown.en}, ${word} ${limit.en}`, `${shown.zh}，限值 ${limit.zh}`);
}
