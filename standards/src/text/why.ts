import { kinds } from '@caretaker/devices/kinds';
import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Count } from '../rules/clause.ts';
import type { Leaf, Resolved } from '../rules/resolve.ts';
import { bandText, comparedText, countText, isText, overText } from './sentence.ts';
import { duration, join, text, value } from './words.ts';

/** What a person reads on the ticket: value, limit and how long it had to last. */
export function whyOf(kind: string, resolved: Resolved, worst: ReadingValue | null): Text {
  const leaf = resolved.leaves[0];
  if (leaf === undefined) return text(resolved.rule.id, resolved.rule.id);
  const metric = kinds[kind]?.metrics[leaf.metric];
  const label = metric?.label ?? text(leaf.metric, leaf.metric);
  const unit = metric?.unit ?? '';
  const held = resolved.for === 0 ? null : duration(resolved.for);
  const lasting =
    held === null ? text('.', '。') : text(` for ${held.en} or longer.`, `，持续 ${held.zh}以上。`);
  const counted = leaf.count === null ? text('', '') : countText(countGiven(leaf), {});
  if (leaf.comparison === 'is') {
    return join([label, isText(worst === null ? leaf.is : [worst]), counted, lasting], '', '');
  }
  const subject = overText(label, leaf.over, leaf.window);
  const shown = worst === null ? null : value(worst, unit);
  const reached =
    shown === null ? text('', '') : text(` ${shown.en} at worst,`, `最差 ${shown.zh}，`);
  return join([subject, reached, against(leaf, unit), counted, lasting], '', '');
}

/** ` above the limit`, with the number; a fragment with its leading space. */
function against(leaf: Leaf, unit: string): Text {
  if (leaf.comparison === 'outside') return bandText(leaf.outside, unit);
  if (leaf.comparison === 'is') return isText(leaf.is);
  const limit = value(leaf.limit, unit);
  return comparedText(leaf.comparison, text(`the limit of ${limit.en}`, `限值 ${limit.zh}`));
}

function countGiven(leaf: Leaf): Count {
  const count = leaf.count;
  if (count === null) return { least: 0 };
  const within = count.within === 0 ? undefined : count.within;
  return {
    least: count.least,
    of: count.of >= 4_096 ? undefined : count.of,
    within,
    during: count.during ?? undefined,
  };
}

/** Why the silence of a point is worth a ticket. */
export function whySilent(kind: string, metric: string, silentAfter: number): Text {
  const label = kinds[kind]?.metrics[metric]?.label ?? text(metric, metric);
  const span = duration(silentAfter);
  return text(
    `${label.en}: no reading for ${span.en}, so its value is unknown.`,
    `${label.zh}：${span.zh}无读数，数值未知。`,
  );
}

/** `Slam level 86 dB(A), limit 80 dB(A)`: the fact, not the mood. */
export function leafFact(kind: string, leaf: Leaf, current: ReadingValue | null): Text {
  const metric = kinds[kind]?.metrics[leaf.metric];
  const label = metric?.label ?? text(leaf.metric, leaf.metric);
  const unit = metric?.unit ?? '';
  if (current === null) return text(`${label.en} unknown`, `${label.zh}未知`);
  const shown = value(current, unit);
  if (leaf.comparison === 'is') return text(`${label.en}: ${shown.en}`, `${label.zh}：${shown.zh}`);
  const limit =
    leaf.comparison === 'outside'
      ? `${leaf.outside[0]}–${leaf.outside[1]}`
      : Number(leaf.limit.toFixed(2));
  return text(`${label.en} ${shown.en}, limit ${limit}`, `${label.zh} ${shown.zh}，限值 ${limit}`);
}
