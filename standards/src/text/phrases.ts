import type { Text } from '@caretaker/readings/base';
import type { Baseline, CalendarSpec, Count, Over, Share, Weekday } from '../rules/clause.ts';
import { relations } from '../rules/relations.ts';
import type { Comparison } from '../rules/resolve.ts';
import { band, duration, glue, join, nothing, text, together, value } from './words.ts';

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

/** `for 60 % or more of 1 h`, `1 小时内占时不少于 60 %` */
export function shareText({ window, atLeast }: Pick<Share, 'window' | 'atLeast'>): Text {
  const span = duration(window);
  const part = percent(atLeast);
  return text(`for ${part} or more of ${span.en}`, glue(`${span.zh}内占时不少于`, part));
}

/** What the comparison names has been missing: `zone test passed not once for 26 h`. */
export function absentText(breach: Text, absent: number): Text {
  const span = duration(absent);
  return text(`${breach.en} not once for ${span.en}`, glue(`连续 ${span.zh}未出现`, breach.zh));
}

/** The past that a value is held against: `the median of the past 14 spans of 24 h`. */
export function baselineText({ bucket, of, every, figure }: PastSpans): Text {
  const figures: Readonly<Record<Baseline['figure'], Text>> = {
    mean: text('mean', '均值'),
    median: text('median', '中位数'),
    min: text('lowest', '最低值'),
    max: text('highest', '最高值'),
  };
  const span = duration(bucket);
  const apart = every === bucket ? null : duration(every);
  const name = figures[figure];
  return text(
    `the ${name.en} of the past ${of} spans of ${span.en}${apart === null ? '' : ` ${apart.en} apart`}`,
    `过去 ${of} 个 ${span.zh}时段${apart === null ? '' : `（间隔 ${apart.zh}）`}的${name.zh}`,
  );
}

/** Lengths in milliseconds. */
export interface PastSpans {
  readonly bucket: number;
  readonly of: number;
  readonly every: number;
  readonly figure: Baseline['figure'];
}

/** A part of the past: `70 % of the median of …`, `…的中位数的 70 %`. */
export function partOf(ratio: Text, past: Text): Text {
  return text(`${ratio.en} of ${past.en}`, glue(past.zh, '的', ratio.zh));
}

/** A value less its past: `water temperature minus the mean of …`, `水温与…均值之差`. */
export function lessText(subject: Text, past: Text): Text {
  return text(`${subject.en} minus ${past.en}`, glue(subject.zh, '与', past.zh, '之差'));
}

/** Whose metric it is, where it is not the asset's own: `rain (weather station)`. */
export function relatedText(said: Text, relation: string | null, every: boolean): Text {
  if (relation === null) return said;
  const { en, zh } = relations[relation] ?? text(relation, relation);
  return every
    ? text(`${said.en} (every ${en})`, `${said.zh}（所有${zh}）`)
    : text(`${said.en} (${en})`, `${said.zh}（${zh}）`);
}

/** When, as an adverb: `at night (sun below −6°)`, `夜间（太阳高度低于 −6°）`. */
export function calendarText(spec: CalendarSpec): Text {
  const { sunBelow, sunAbove, delay } = spec;
  const time = timeOfDay(spec);
  if (sunBelow !== undefined || sunAbove !== undefined) {
    const side = sunBelow === undefined ? sides.above : sides.below;
    const altitude = value(sunBelow ?? sunAbove ?? 0, '').en;
    const exact = text(
      `${time.en} (sun ${side.en} ${altitude}°)`,
      `${time.zh}（太阳高度${side.zh} ${altitude}°）`,
    );
    return onDates(spec, exact);
  }
  if (delay === undefined) return onDates(spec, time);
  const late = duration(delay);
  const exact = text(
    `${time.en} (from ${late.en} after opening)`,
    `${time.zh}（开放 ${late.zh}后）`,
  );
  return onDates(spec, exact);
}

/** The same without figures that the sentence can do without. */
export function whenText(spec: CalendarSpec): Text {
  return onDates(spec, timeOfDay(spec));
}

function timeOfDay(spec: CalendarSpec): Text {
  if (spec.sunBelow !== undefined) return text('at night', '夜间');
  if (spec.sunAbove !== undefined) return text('by day', '白天');
  if (spec.opening === 'peak') return text('at peak hours', '高峰时段');
  if (spec.opening !== undefined) return text('during opening hours', '开放时间内');
  if (spec.hours === undefined) return nothing;
  const [from = '', to = ''] = spec.hours.split('-');
  return text(`between ${from} and ${to}`, `${from} 至 ${to} 之间`);
}

const dayNames: Readonly<Record<Weekday, Text>> = {
  mon: text('Mon', '周一'),
  tue: text('Tue', '周二'),
  wed: text('Wed', '周三'),
  thu: text('Thu', '周四'),
  fri: text('Fri', '周五'),
  sat: text('Sat', '周六'),
  sun: text('Sun', '周日'),
};
const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Dates come last in English and first in Chinese. */
function onDates({ days, holidays, months }: CalendarSpec, time: Text): Text {
  const named = join(
    (days ?? []).map((day) => dayNames[day]),
    ', ',
    '、',
  );
  const inMonths = (months ?? []).map((month) => monthNames[month - 1] ?? '').join(', ');
  const holiday =
    holidays === true ? text('on holidays', '节假日') : text('except on holidays', '非节假日');
  const en = [
    time.en,
    days === undefined ? '' : `on ${named.en}`,
    holidays === undefined ? '' : holiday.en,
    months === undefined ? '' : `in ${inMonths}`,
  ];
  return text(
    en.filter((part) => part !== '').join(' '),
    glue(
      months === undefined ? '' : `${months.join('、')} 月`,
      holidays === undefined ? '' : holiday.zh,
      named.zh,
      time.zh,
    ),
  );
}
