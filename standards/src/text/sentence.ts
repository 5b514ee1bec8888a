import type { Text } from '@caretaker/readings/base';
import type { Baseline, Clause, Count, Limit, Rule } from '../rules/clause.ts';
import { comparisonOf, limitValue, type Resolvable } from '../rules/resolve.ts';
import { kindOf, labelOf, unitOf } from './metrics.ts';
import {
  absentText,
  bandText,
  baselineText,
  calendarText,
  countText,
  lastText,
  lessText,
  overText,
  partOf,
  percent,
  relatedText,
  shareText,
  sidedText,
} from './phrases.ts';
import { ruleParts } from './stages.ts';
import { stateText } from './states.ts';
import {
  attributes,
  band,
  capital,
  duration,
  glue,
  join,
  nothing,
  small,
  text,
  together,
  value,
} from './words.ts';

/** The whole rule in one sentence, with the numbers of the asset where one is given. */
export function sentenceOf(rule: Rule, asset?: Resolvable): Text {
  if (rule.builtin === 'silence') {
    return text(
      'No reading for three times the usual interval, at least 30 min: the value is unknown.',
      '超过三倍上报周期（至少 30 分钟）无读数，数值未知。',
    );
  }
  if (rule.builtin === 'gateway' || rule.when === undefined) {
    return text(
      'The gateway has not been heard from: everything behind it is unknown.',
      '网关失联，其下所有数值未知。',
    );
  }
  return new Sentence(rule, asset).whole(rule.when);
}

class Sentence {
  private readonly rule: Rule;
  private readonly asset: Resolvable | undefined;

  constructor(rule: Rule, asset: Resolvable | undefined) {
    this.rule = rule;
    this.asset = asset;
  }

  whole(when: Clause): Text {
    const hold = this.seconds('for_s') ?? this.rule.for;
    const held = duration(hold);
    const breach = capital(this.clause(when));
    const parts = [
      hold === 0 ? breach : text(`${breach.en} for ${held.en}`, `${breach.zh}，持续 ${held.zh}`),
      this.guard(),
      this.clearing(when),
      ...ruleParts(this.rule, when),
    ];
    const whole = join(
      parts.filter((part) => part !== nothing),
      '; ',
      '；',
    );
    return text(`${whole.en}.`, `${whole.zh}。`);
  }

  private guard(): Text {
    const { only } = this.rule;
    if (only === undefined) return nothing;
    const clauses = only.all ?? [only];
    const times = clauses.flatMap((c) =>
      c.calendar === undefined ? [] : calendarText(c.calendar),
    );
    const states = clauses.filter((c) => c.calendar === undefined).map((c) => this.clause(c));
    const time = join(times, ' and ', '、');
    const state = join(states, ' and ', '、');
    return text(
      ['judged only', time.en, states.length === 0 ? '' : `with ${state.en}`]
        .filter((part) => part !== '')
        .join(' '),
      states.length === 0
        ? glue('仅在', time.zh, '判定')
        : glue('仅在', join([...times, ...states], '', '、').zh, '时判定'),
    );
  }

  private clearing(when: Clause): Text {
    const { clearWhen } = this.rule;
    const limits = clearWhen === undefined ? this.clearSides(when) : [this.ending(clearWhen)];
    const hold = this.seconds('clear_for_s') ?? this.rule.clearFor;
    if (limits.length === 0 && hold === 0) return nothing;
    const held = duration(hold);
    if (limits.length === 0) {
      return text(`clears after ${held.en} without it`, `消失 ${held.zh}后解除`);
    }
    const by = join(limits, ' and ', '且');
    return hold === 0
      ? text(`clears ${by.en}`, glue(by.zh, '时解除'))
      : text(`clears after ${held.en} ${by.en}`, glue(by.zh, `持续 ${held.zh}后解除`));
  }

  private ending(clause: Clause): Text {
    const inner = this.clause(clause);
    return text(`with ${inner.en}`, inner.zh);
  }

  /** Where and how often readings must lie for the breach to be over, when that is not just its absence. */
  private clearSides(clause: Clause): Text[] {
    const inner = clause.all ?? clause.any;
    if (inner !== undefined) return inner.flatMap((c) => this.clearSides(c));
    if (clause.metric === undefined) return [];
    const parts = this.clearShare(clause);
    if (parts !== null) return [parts];
    const { clearLeast, clearOf } = clause.count ?? {};
    const of = clearOf ?? clause.count?.of ?? 1;
    const often = clearLeast === undefined ? nothing : lastText(clearLeast, of);
    const side = this.clearSide(clause);
    if (side !== null) {
      return [
        often === nothing ? side : text(`${side.en} ${often.en}`, `${side.zh}（${often.zh}）`),
      ];
    }
    if (clearLeast === undefined) return [];
    return [
      text(
        clearLeast === of
          ? `with the last ${of} readings inside the limit`
          : `with ${clearLeast} of the last ${of} readings inside the limit`,
        clearLeast === of
          ? `最近 ${of} 次读数均不超限`
          : `最近 ${of} 次读数中有 ${clearLeast} 次不超限`,
      ),
    ];
  }

  /** Under which share of time, or of readings, it clears. */
  private clearShare(clause: Clause): Text | null {
    const own = this.own(clause);
    const time = own.clear_share ?? clause.share?.clear;
    if (clause.share !== undefined && time !== undefined) {
      const span = duration(clause.share.window);
      return text(
        `under ${percent(time)} of ${span.en}`,
        glue(span.zh, '内占时低于', percent(time)),
      );
    }
    const { share, clearShare, of } = clause.count ?? {};
    const part = own.clear_share ?? clearShare;
    if (share === undefined || part === undefined) return null;
    const last = own.of ?? of;
    return text(
      `with under ${percent(part)} of the last ${last} readings`,
      `最近 ${last} 次读数中低于 ${percent(part)}`,
    );
  }

  private clearSide(clause: Clause): Text | null {
    const unit = unitOf(this.rule, clause);
    const own = this.own(clause);
    if (clause.clearInside !== undefined) {
      const low = own.clear_low ?? clause.clearInside[0];
      const high = own.clear_high ?? clause.clearInside[1];
      if (clause.baseline?.by !== 'ratio') {
        return together([text('inside', '回到'), band([low, high], unit)], ' ');
      }
      return together([text('inside', '回到'), band([low * 100, high * 100], '%')], ' ');
    }
    if (clause.clear === undefined) return null;
    // Against which past was said at the limit.
    const limit =
      clause.baseline?.by === 'ratio'
        ? this.ratio(clause.clear, own.clear)
        : this.limit(clause.clear, own.clear, unit);
    const upward = clause.above !== undefined || clause.atLeast !== undefined;
    return sidedText(upward ? 'below' : 'above', limit, false);
  }

  private clause(clause: Clause): Text {
    if (clause.all !== undefined) return this.together(clause.all);
    if (clause.any !== undefined) {
      return join(
        clause.any.map((c) => this.clause(c)),
        ' or ',
        '或',
      );
    }
    if (clause.calendar !== undefined) return calendarText(clause.calendar);
    if (clause.not !== undefined) return this.negated(clause.not);
    return this.leaf(clause);
  }

  /** Times come last in English and first in Chinese. */
  private together(clauses: readonly Clause[]): Text {
    const times = clauses.flatMap((c) =>
      c.calendar === undefined ? [] : calendarText(c.calendar),
    );
    const others = clauses.filter((c) => c.calendar === undefined).map((c) => this.clause(c));
    const what = join(others, ' and ', '且');
    const time = join(times, ' and ', '、');
    return text(times.length === 0 ? what.en : `${what.en} ${time.en}`, glue(time.zh, what.zh));
  }

  private negated(clause: Clause): Text {
    const { is } = clause;
    if (typeof is === 'boolean') return this.clause({ ...clause, is: !is });
    const inner = this.clause(clause);
    return text(`not (${inner.en})`, `非（${inner.zh}）`);
  }

  private leaf(clause: Clause): Text {
    const own = this.own(clause);
    const breach = this.breach(clause, own);
    if (clause.absent !== undefined) {
      const seconds = own.absent_s ?? clause.absent / 1_000;
      return absentText(breach, Math.round(seconds * 1_000));
    }
    if (clause.count !== undefined) {
      const counted = countText(withOwn(clause.count, own));
      return counted === nothing ? breach : aside(breach, counted);
    }
    if (clause.share === undefined) return breach;
    return aside(
      breach,
      shareText({ ...clause.share, atLeast: own.share ?? clause.share.atLeast }),
    );
  }

  /** What one reading, or the figure of the window, is compared with. */
  private breach(clause: Clause, own: Own): Text {
    const label = small(labelOf(this.rule, clause));
    const related = (said: Text) => relatedText(said, clause.from ?? null, clause.every === true);
    const [comparison] = comparisonOf(clause);
    if (comparison === 'is') {
      const kind = kindOf(this.rule, clause);
      return related(stateText(kind, clause.metric ?? '', label, [clause.is ?? []].flat()));
    }
    if (comparison === 'changed') return together([related(label), text('changed', '变化')], ' ');
    const { over = 'value', window = 0, percentile, baseline } = clause;
    const figure = related(overText(label, over, window, percentile));
    const subject = baseline?.by === 'difference' ? lessText(figure, this.past(baseline)) : figure;
    return together([subject, this.compared(clause, own)], ' ');
  }

  private past(baseline: Baseline): Text {
    return baselineText({ ...baseline, every: baseline.every ?? baseline.bucket });
  }

  private compared(clause: Clause, own: Own): Text {
    const unit = unitOf(this.rule, clause);
    const [comparison, given] = comparisonOf(clause);
    if (comparison === 'is' || comparison === 'changed') return nothing;
    const [low, high] = clause.outside ?? [0, 0];
    const limits = [own.low ?? low, own.high ?? high] as const;
    if (clause.baseline?.by === 'ratio') {
      const past = this.past(clause.baseline);
      if (comparison === 'outside') {
        const ends = band([limits[0] * 100, limits[1] * 100], '%');
        return together([text('outside', '超出'), partOf(ends, past)], ' ');
      }
      return sidedText(comparison, partOf(this.ratio(given, own.limit), past), false);
    }
    if (comparison === 'outside') return bandText(limits, unit);
    return sidedText(comparison, this.limit(given, own.limit, unit), (own.limit ?? given) === 0);
  }

  private ratio(limit: Limit, own: number | undefined): Text {
    const number = own ?? limitValue(limit, this.asset?.attributes ?? {});
    return number === null ? this.limit(limit, own, '') : value(number * 100, '%');
  }

  private limit(limit: Limit, own: number | undefined, unit: string): Text {
    const number = own ?? limitValue(limit, this.asset?.attributes ?? {});
    if (number !== null) return value(number, unit);
    const name = typeof limit === 'number' ? '' : limit.attribute;
    const attribute = attributes[name] ?? text(name, name);
    const percent = typeof limit === 'number' ? 100 : Math.round((limit.scale ?? 1) * 100);
    if (percent === 100) return text(`the ${attribute.en}`, attribute.zh);
    return text(`${percent} % of the ${attribute.en}`, `${attribute.zh}的 ${percent} %`);
  }

  private own(clause: Clause): Own {
    if (clause.from !== undefined) return {};
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

/** Numbers that the point overrides for the rule. */
type Own = Readonly<Record<string, number>>;

function aside(breach: Text, how: Text): Text {
  return text(`${breach.en} ${how.en}`, `${breach.zh}，${how.zh}`);
}

function withOwn(count: Count, own: Own): Count {
  return {
    ...count,
    least: own.least ?? count.least,
    share: own.share ?? count.share,
    of: own.of ?? count.of,
  };
}
