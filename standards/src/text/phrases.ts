import type { Text } from '@caretaker/readings/base';
import type { CalendarSpec, Count, Over } from '../rules/clause.ts';
import type { Comparison } from '../rules/resolve.ts';
import { band, duration, glue, nothing, text, together, value } from './words.ts';

const overNames: Readonly<Record<Exclude<Over, 'value' | 'sum' | 'percentile'>, Text>> = {
  mean: text('mean', '均值'),
  leq: text('energy mean', '能量平均值'),
  min: text('lowest', '最低值'),
  max: text('highest', '最高值'),
  range: text('highest less lowest', '极差'),
  rise: text('rise above the lowest', '较最低值的升幅'),
  fall: text('fall below the highest', '较最高值的降幅'),
  rate: text('change per hour', '每小时变化'),
};

/**
 * A metric with the way its readings are combined: `Sound level (LAeq) over 15 min (energy mean)`.
 * @param window milliseconds
 * @param percentile 1 to 99, for that way only
 */
export function overText(label: Text, over: Over, window: number, percentile = 0): Text {
  if (over === 'value') return label;
  const span = duration(window);
  if (over === 'sum') {
    return text(`${label.en} within ${span.en}`, glue(span.zh, '内', label.zh, '合计'));
  }
  const name =
    over === 'percentile'
      ? text(`percentile ${percentile}`, `第 ${percentile} 百分位`)
      : overNames[over];
  return text(`${label.en} over ${span.en} (${name.en})`, glue(label.zh, span.zh, name.zh));
}

type Sided = Exclude<Comparison, 'outside' | 'is' | 'changed'>;

const sides: Readonly<Record<Sided, Text>> = {
  above: text('above', '高于'),
  atLeast: text('at or above', '达到或超过'),
  below: text('below', '低于'),
  atMost: text('at or below', '不高于'),
};

/** `above 50 dB(A)`; what is never negative is not below zero, it is zero. */
export function sidedText(comparison: Sided, limit: Text, isZero: boolean): Text {
  if (comparison === 'atMost' && isZero) return together([text('of', '为'), limit], ' ');
  return together([sides[comparison], limit], ' ');
}

export function bandText(limits: readonly [number, number], unit: string): Text {
  return together([text('outside', '超出'), band(limits, unit)], ' ');
}

/** `the limit of 50 N`, `限值 50 N`. */
export function theLimit(limit: number, unit: string): Text {
  const shown = value(limit, unit);
  return text(`the limit of ${shown.en}`, `限值 ${shown.zh}`);
}

/** `in 5 of the last 10 readings`; empty when the last reading alone decides. */
export function lastText(least: number, of: number): Text {
  if (of === 1) return nothing;
  return least === of
    ? text(`in the last ${of} readings`, `最近 ${of} 次读数均如此`)
    : text(`in ${least} of the last ${of} readings`, `最近 ${of} 次读数中有 ${least} 次`);
}

/** How many readings make a breach. */
export function countText(count: Omit<Count, 'minimum' | 'clearShare'>): Text {
  const within = count.within === undefined ? null : duration(count.within);
  if (count.share !== undefined) return shareOfLast(count.share, count.of, within);
  const least = count.least ?? 1;
  if (count.of !== undefined) return lastText(least, count.of);
  const during = count.during === undefined ? nothing : calendarText(count.during);
  return text(
    [`${least} times`, during.en, within === null ? '' : `within ${within.en}`]
      .filter((part) => part !== '')
      .join(' '),
    glue(within === null ? '' : `${within.zh}内`, during.zh, `有 ${least} 次`),
  );
}

/** `in 60 % or more of the last 10 readings`. */
function shareOfLast(share: number, of: number | undefined, within: Text | null): Text {
  const part = percent(share);
  const last = of === undefined ? '' : ` ${of}`;
  return text(
    `in ${part} or more of the last${last} readings${within === null ? '' : ` within ${within.en}`}`,
    glue(
      within === null ? '' : `${within.zh}内`,
      of === undefined ? '读数' : `最近 ${of} 次读数`,
      `中不少于 ${part}`,
    ),
  );
}

/** `62.5 %` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** When, as an adverb: `at night (sun below −6°)`, `夜间（太阳高度低于 −6°）`. */
export function calendarText(spec: CalendarSpec): Text {
  const { sunBelow, sunAbove, delay } = spec;
  const short = whenText(spec);
  if (sunBelow !== undefined || sunAbove !== undefined) {
    const side = sunBelow === undefined ? sides.above : sides.below;
    const altitude = value(sunBelow ?? sunAbove ?? 0, '').en;
    return text(
      `${short.en} (sun ${side.en} ${altitude}°)`,
      `${short.zh}（太阳高度${side.zh} ${altitude}°）`,
    );
  }
  if (delay === undefined) return short;
  const late = duration(delay);
  return text(`${short.en} (from ${late.en} after opening)`, `${short.zh}（开放 ${late.zh}后）`);
}

/** The same without figures that the sentence can do without. */
export function whenText(spec: CalendarSpec): Text {
  if (spec.sunBelow !== undefined) return text('at night', '夜间');
  if (spec.sunAbove !== undefined) return text('by day', '白天');
  if (spec.opening !== undefined) return text('during opening hours', '开放时间内');
  const [from = '', to = ''] = (spec.hours ?? '').split('-');
  return text(`between ${from} and ${to}`, `${from} 至 ${to} 之间`);
}
