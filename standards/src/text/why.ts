import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { CalendarSpec } from '../rules/clause.ts';
import type { Leaf, LeafBaseline, LeafCount, Node, Resolved } from '../rules/resolve.ts';
import { type MetricWords, metricOf } from './metrics.ts';
import {
  absentText,
  bandText,
  baselineText,
  countText,
  lessText,
  overText,
  partOf,
  percent,
  relatedText,
  shareText,
  sidedText,
  theLimit,
  whenText,
} from './phrases.ts';
import { stateText } from './states.ts';
import { band, capital, duration, glue, nothing, small, text, together, value } from './words.ts';

/** What a person reads on the ticket: value, limit, how long it had to last, and at what times it counts. */
export function whyOf(resolved: Resolved, worst: ReadingValue | null): Text {
  const leaf = resolved.leaves[0];
  if (leaf === undefined) return resolved.rule.title;
  const held = resolved.for === 0 ? null : duration(resolved.for);
  const lasting = held === null ? nothing : text(`for ${held.en} or longer`, `持续 ${held.zh}以上`);
  const time = timesOf(resolved);
  const { what, against } = breachOf(leaf, worst);
  const rest = [howOften(leaf), lasting].filter((part) => part !== nothing);
  const en = [what.en, against.en, ...rest.map((part) => part.en), time.en];
  const zh = [glue(time.zh, what.zh), against.zh, ...rest.map((part) => part.zh)];
  const worstSaid = leaf.comparison !== 'is' && against !== nothing && worst !== null;
  return text(
    `${en.filter((part) => part !== '').join(' ')}.`,
    // Without a worst value, subject and limit are one clause.
    `${(worstSaid ? zh : [glue(zh[0] ?? '', zh[1] ?? ''), ...zh.slice(2)]).filter((part) => part !== '').join('，')}。`,
  );
}

function howOften({ count, share }: Leaf): Text {
  if (count !== null) return countText(countOf(count));
  // Of a share of time, the worst value is the share itself.
  return share === null ? nothing : shareText(share);
}

/** The subject with its worst value, and what that is held against. */
function breachOf(
  leaf: Leaf,
  worst: ReadingValue | null,
): { readonly what: Text; readonly against: Text } {
  const { label, unit } = wordsOf(leaf);
  const related = (said: Text) => relatedText(said, leaf.from, false);
  if (leaf.absent > 0) {
    return { what: capital(absentText(bare(leaf), leaf.absent)), against: nothing };
  }
  if (leaf.share !== null) return { what: capital(bare(leaf)), against: nothing };
  if (leaf.comparison === 'is') {
    const states = worst === null ? leaf.is : [worst];
    return {
      what: capital(related(stateText(leaf.kind, leaf.metric, label, states))),
      against: nothing,
    };
  }
  if (leaf.comparison === 'changed') return { what: capital(bare(leaf)), against: nothing };
  const subject = subjectOf(leaf);
  if (leaf.comparison === 'atMost' && leaf.limit === 0 && leaf.baseline === null) {
    const none = value(0, unit);
    return { what: together([subject, text(none.en, `为 ${none.zh}`)], ' '), against: nothing };
  }
  const against = compared(leaf, true);
  if (worst === null) return { what: subject, against };
  const shown = figure(leaf, worst, unit);
  const reached = text(`${shown.en} at worst,`, `${extreme(leaf, unit)} ${shown.zh}`);
  return { what: together([subject, reached], ' '), against };
}

/** The comparison in words, without any worst value. */
function bare(leaf: Leaf): Text {
  const { label } = wordsOf(leaf);
  const related = (said: Text) => relatedText(said, leaf.from, false);
  if (leaf.comparison === 'is') {
    return related(stateText(leaf.kind, leaf.metric, label, leaf.is));
  }
  if (leaf.comparison === 'changed') {
    return together([related(small(label)), text('changed', '变化')], ' ');
  }
  return together([related(small(label)), compared(leaf, false)], ' ');
}

function subjectOf(leaf: Leaf): Text {
  const { label } = wordsOf(leaf);
  const over = overText(label, leaf.over, leaf.window, leaf.percentile);
  const subject = relatedText(over, leaf.from, false);
  return leaf.baseline?.by === 'difference' ? lessText(subject, pastOf(leaf.baseline)) : subject;
}

/** @param named with the word "limit". */
function compared(leaf: Leaf, named: boolean): Text {
  const { comparison, baseline, outside, limit } = leaf;
  const { unit } = wordsOf(leaf);
  if (comparison === 'is' || comparison === 'changed') return nothing;
  if (baseline?.by === 'ratio') {
    const past = pastOf(baseline);
    if (comparison !== 'outside') {
      return sidedText(comparison, partOf(value(limit * 100, '%'), past), false);
    }
    const ends = partOf(band([outside[0] * 100, outside[1] * 100], '%'), past);
    return together([text('outside', '超出'), ends], ' ');
  }
  if (comparison === 'outside') return bandText(outside, unit);
  return sidedText(
    comparison,
    named ? theLimit(limit, unit) : value(limit, unit),
    !named && limit === 0,
  );
}

function pastOf({ bucket, of, step, figure }: LeafBaseline): Text {
  return baselineText({ bucket, of, every: step * bucket, figure });
}

/** A value of the leaf as a person reads it: ratios in per cent. */
function figure(leaf: Leaf, shown: ReadingValue, unit: string): Text {
  const part = leaf.baseline?.by === 'ratio' || leaf.share !== null;
  return part && typeof shown === 'number' ? value(shown * 100, '%') : value(shown, unit);
}

function wordsOf({ kind, metric, over, baseline }: Leaf): MetricWords {
  const { label, unit } = metricOf(kind, metric);
  if (baseline?.by === 'ratio') return { label, unit: '' };
  return { label, unit: over === 'rate' ? `${unit}/h` : unit };
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
export function leafFact(leaf: Leaf, current: ReadingValue | null): Text {
  const { label, unit } = wordsOf(leaf);
  if (current === null) {
    const whose = relatedText(label, leaf.from, false);
    return text(`${whose.en}: unknown`, `${whose.zh}：未知`);
  }
  if (leaf.share !== null) {
    const shown = figure(leaf, current, unit);
    const span = duration(leaf.share.window);
    const limit = percent(leaf.share.atLeast);
    const state = capital(bare(leaf));
    return text(
      `${state.en} for ${shown.en} of ${span.en}, limit ${limit}`,
      `${state.zh}，${span.zh}内占时 ${shown.zh}，限值 ${limit}`,
    );
  }
  if (typeof current === 'number' && (leaf.absent > 0 || leaf.comparison === 'changed')) {
    return together([relatedText(label, leaf.from, false), value(current, unit)], ' ');
  }
  if (leaf.comparison === 'is' || leaf.comparison === 'changed') {
    const state = stateText(leaf.kind, leaf.metric, label, [current]);
    return capital(relatedText(state, leaf.from, false));
  }
  const shown = together([subjectOf(leaf), figure(leaf, current, unit)], ' ');
  const ratio = leaf.baseline?.by === 'ratio';
  const limit =
    leaf.comparison === 'outside'
      ? band(
          ratio ? [leaf.outside[0] * 100, leaf.outside[1] * 100] : leaf.outside,
          ratio ? '%' : unit,
        )
      : figure(leaf, leaf.limit, unit);
  const word = leaf.comparison === 'outside' ? 'limits' : 'limit';
  return text(`${shown.en}, ${word} ${limit.en}`, `${shown.zh}，限值 ${limit.zh}`);
}
