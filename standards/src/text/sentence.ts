import { kinds } from '@caretaker/devices/kinds';
import type { Text } from '@caretaker/readings/base';
import type { Clause, Count, Limit, Rule } from '../rules/clause.ts';
import { comparisonOf, limitValue, type Resolvable } from '../rules/resolve.ts';
import { bandText, calendarText, countText, lastText, overText, sidedText } from './phrases.ts';
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

  private clearSide(clause: Clause): Text | null {
    const unit = this.unit(clause);
    const own = this.own(clause);
    if (clause.clearInside !== undefined) {
      const low = own.clear_low ?? clause.clearInside[0];
      const high = own.clear_high ?? clause.clearInside[1];
      return together([text('inside', '回到'), band([low, high], unit)], ' ');
    }
    if (clause.clear === undefined) return null;
    const limit = this.limit(clause.clear, own.clear, unit);
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
    const id = clause.metric ?? '';
    const label = small(kinds[this.rule.kind]?.metrics[id]?.label ?? text(id, id));
    const own = this.own(clause);
    const counted = clause.count === undefined ? nothing : countText(withOwn(clause.count, own));
    const [comparison] = comparisonOf(clause);
    const breach =
      comparison === 'is'
        ? stateText(this.rule.kind, id, label, [clause.is ?? []].flat())
        : together(
            [
              overText(label, clause.over ?? 'value', clause.window ?? 0, clause.percentile),
              this.compared(clause, own),
            ],
            ' ',
          );
    if (counted === nothing) return breach;
    return text(`${breach.en} ${counted.en}`, `${breach.zh}，${counted.zh}`);
  }

  private compared(clause: Clause, own: Record<string, number>): Text {
    const unit = this.unit(clause);
    const [comparison, given] = comparisonOf(clause);
    if (comparison === 'is' || comparison === 'changed') return nothing;
    if (comparison === 'outside') {
      const [low, high] = clause.outside ?? [0, 0];
      return bandText([own.low ?? low, own.high ?? high], unit);
    }
    return sidedText(comparison, this.limit(given, own.limit, unit), (own.limit ?? given) === 0);
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

function withOwn(count: Count, own: Readonly<Record<string, number>>): Count {
  return {
    ...count,
    least: own.least ?? count.least,
    share: own.share ?? count.share,
    of: own.of ?? count.of,
  };
}
