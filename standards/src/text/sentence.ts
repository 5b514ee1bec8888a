import { kinds } from '@caretaker/devices/kinds';
import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { CalendarSpec, Clause, Count, Limit, Over, Rule } from '../rules/clause.ts';
import { comparisonOf, limitValue, type Resolvable } from '../rules/resolve.ts';
import { attributes, duration, join, text, value, write } from './words.ts';

/** The whole rule in one sentence, with the numbers of the asset where one is given. */
export function sentenceOf(rule: Rule, asset?: Resolvable): Text {
  if (rule.builtin === 'silence') {
    return text(
      'No reading for three times the usual interval, at least 30 min: the value is unknown.',
      '超过三倍上报周期（至少 30 分钟）无读数：数值未知。',
    );
  }
  if (rule.builtin === 'gateway' || rule.when === undefined) {
    return text(
      'The gateway has not been heard from: everything behind it is unknown.',
      '网关失联：其下所有数值未知。',
    );
  }
  const sentence = new Sentence(rule, asset);
  return sentence.whole(rule.when);
}

class Sentence {
  private readonly rule: Rule;
  private readonly asset: Resolvable | undefined;

  constructor(rule: Rule, asset: Resolvable | undefined) {
    this.rule = rule;
    this.asset = asset;
  }

  whole(when: Clause): Text {
    const parts = [this.clause(when)];
    const hold = this.seconds('for_s') ?? this.rule.for;
    if (hold > 0) {
      const held = duration(hold);
      parts.push(text(` for ${held.en}`, ` 持续 ${held.zh}`));
    }
    if (this.rule.only !== undefined) {
      const only = this.clause(this.rule.only);
      parts.push(text(`, judged only while ${only.en}`, `（仅在${only.zh}时判定）`));
    }
    parts.push(this.clearing(when), text('.', '。'));
    return join(parts, '', '');
  }

  private clearing(when: Clause): Text {
    const limits: readonly Text[] =
      this.rule.clearWhen === undefined
        ? this.clearLimits(when)
        : [this.ending(this.rule.clearWhen)];
    const hold = this.seconds('clear_for_s') ?? this.rule.clearFor;
    if (limits.length === 0 && hold === 0) return text('', '');
    const held = duration(hold);
    if (limits.length === 0) {
      return text(`; clears after ${held.en} without it`, `；消失 ${held.zh}后解除`);
    }
    const by = join(limits, ', ', '、');
    return hold === 0
      ? text(`; clears ${by.en}`, `；${by.zh} 时解除`)
      : text(`; clears ${by.en} for ${held.en}`, `；${by.zh} 持续 ${held.zh}后解除`);
  }

  private ending(clause: Clause): Text {
    const inner = this.clause(clause);
    return text(`when ${inner.en}`, inner.zh);
  }

  private clearLimits(clause: Clause): Text[] {
    const inner = clause.all ?? clause.any;
    if (inner !== undefined) return inner.flatMap((c) => this.clearLimits(c));
    if (clause.metric === undefined) return [];
    const unit = this.unit(clause);
    const own = this.own(clause);
    if (clause.clearInside !== undefined) {
      const low = own.clear_low ?? clause.clearInside[0];
      const high = own.clear_high ?? clause.clearInside[1];
      return [text(`inside ${low}–${high}${pad(unit)}`, `回到 ${low}–${high}${pad(unit)}`)];
    }
    if (clause.clear === undefined) return [];
    const limit = this.limit(clause.clear, own.clear, unit);
    const upward = clause.above !== undefined || clause.atLeast !== undefined;
    return [
      upward
        ? text(`below ${limit.en}`, `低于 ${limit.zh}`)
        : text(`above ${limit.en}`, `高于 ${limit.zh}`),
    ];
  }

  private clause(clause: Clause): Text {
    if (clause.all !== undefined)
      return join(
        clause.all.map((c) => this.clause(c)),
        ' and ',
        ' 且 ',
      );
    if (clause.any !== undefined)
      return join(
        clause.any.map((c) => this.clause(c)),
        ' or ',
        ' 或 ',
      );
    if (clause.calendar !== undefined) return calendarText(clause.calendar);
    if (clause.not !== undefined) {
      const inner = this.clause(clause.not);
      return text(`not (${inner.en})`, `非（${inner.zh}）`);
    }
    return this.leaf(clause);
  }

  private leaf(clause: Clause): Text {
    const metric = kinds[this.rule.kind]?.metrics[clause.metric ?? ''];
    const label = metric?.label ?? text(clause.metric ?? '', clause.metric ?? '');
    const subject = overText(label, clause.over ?? 'value', clause.window ?? 0);
    const own = this.own(clause);
    const compared = this.compared(clause, own);
    const counted = clause.count === undefined ? text('', '') : countText(clause.count, own);
    return join([subject, compared, counted], '', '');
  }

  private compared(clause: Clause, own: Record<string, number>): Text {
    const unit = this.unit(clause);
    const [comparison, given] = comparisonOf(clause);
    if (comparison === 'is') return isText([clause.is ?? []].flat());
    if (comparison === 'outside') {
      const [low, high] = clause.outside ?? [0, 0];
      return bandText([own.low ?? low, own.high ?? high], unit);
    }
    const limit = this.limit(given, own.limit, unit);
    return comparedText(comparison, limit);
  }

  private limit(limit: Limit, own: number | undefined, unit: string): Text {
    const number = own ?? limitValue(limit, this.asset?.attributes ?? {});
    if (number !== null) return value(number, unit);
    const name = typeof limit === 'number' ? '' : limit.attribute;
    const attribute = attributes[name] ?? text(name, name);
    const percent = typeof limit === 'number' ? 100 : Math.round((limit.scale ?? 1) * 100);
    return text(`${percent} % of the ${attribute.en}`, `${attribute.zh}的 ${percent} %`);
  }

  private unit(clause: Clause): string {
    return kinds[this.rule.kind]?.metrics[clause.metric ?? '']?.unit ?? '';
  }

  private own(clause: Clause): Record<string, number> {
    const point = this.asset?.points.find((p) => p.metric === clause.metric);
    return point?.limits[this.rule.id] ?? {};
  }

  private seconds(name: string): number | undefined {
    for (const point of this.asset?.points ?? []) {
      const seconds = point.limits[this.rule.id]?.[name];
      if (seconds !== undefined) return Math.round(seconds * 1_000);
    }
    return undefined;
  }
}

const pad = (unit: string): string => (unit === '' ? '' : ` ${unit}`);

/** A metric with the way its readings are combined: `Sound level, 15 min energy mean`. */
export function overText(label: Text, over: Over, window: number): Text {
  if (over === 'value') return label;
  const names: Readonly<Record<Exclude<Over, 'value'>, Text>> = {
    mean: text('mean', '均值'),
    leq: text('energy mean', '能量平均'),
    min: text('lowest', '最低值'),
    max: text('highest', '最高值'),
    sum: text('sum', '合计'),
  };
  const name = names[over];
  const span = duration(window);
  return text(`${label.en}, ${span.en} ${name.en},`, `${label.zh} ${span.zh}${name.zh}`);
}

/** ` above 50 dB(A)`, with its leading space. */
export function comparedText(
  comparison: 'above' | 'atLeast' | 'below' | 'atMost',
  limit: Text,
): Text {
  const names = {
    above: text('above', '高于'),
    atLeast: text('at least', '达到'),
    below: text('below', '低于'),
    atMost: text('at most', '不高于'),
  };
  const name = names[comparison];
  return write(
    (part) => ` ${part(name)} ${part(limit)}`,
    (part) => `${part(name)}${/^[-\d]/.test(part(limit)) ? ' ' : ''}${part(limit)}`,
  );
}

export function bandText([low, high]: readonly [number, number], unit: string): Text {
  return text(` outside ${low}–${high}${pad(unit)}`, `超出 ${low}–${high}${pad(unit)}`);
}

export function isText(values: readonly ReadingValue[]): Text {
  const any = join(
    values.map((v) => value(v, '')),
    ' or ',
    '或',
  );
  return text(`: ${any.en}`, `：${any.zh}`);
}

export function countText(count: Count, own: Readonly<Record<string, number>> = {}): Text {
  const least = own.least ?? count.least;
  const of = own.of ?? count.of;
  const within = count.within === undefined ? null : duration(count.within);
  const calendar = count.during === undefined ? null : calendarText(count.during);
  const during =
    calendar === null ? text('', '') : text(` while ${calendar.en}`, `（${calendar.zh}）`);
  if (of === undefined) {
    return text(
      `, ${least} times${within === null ? '' : ` within ${within.en}`}${during.en}`,
      `，${within === null ? '' : `${within.zh}内`}${during.zh} ${least} 次`,
    );
  }
  if (of === 1) return text('', '');
  return text(`, ${least} of the last ${of} readings`, `，最近 ${of} 次读数中有 ${least} 次`);
}

function calendarText(spec: CalendarSpec): Text {
  if (spec.sunBelow !== undefined) {
    return text(
      `it is dark (sun below ${spec.sunBelow}°)`,
      `夜间（太阳高度低于 ${spec.sunBelow}°）`,
    );
  }
  if (spec.sunAbove !== undefined) {
    return text(
      `it is day (sun above ${spec.sunAbove}°)`,
      `白天（太阳高度高于 ${spec.sunAbove}°）`,
    );
  }
  const late = spec.delay === undefined ? null : duration(spec.delay);
  const after =
    late === null
      ? text('', '')
      : text(` (from ${late.en} after opening)`, `（开放 ${late.zh}后）`);
  if (spec.opening !== undefined) return text(`it is open${after.en}`, `开放时间内${after.zh}`);
  const [from = '', to = ''] = (spec.hours ?? '').split('-');
  return text(`it is between ${from} and ${to}`, `${from} 至 ${to} 之间`);
}
