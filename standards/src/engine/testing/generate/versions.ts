import fc from 'fast-check';
import type { Clause, Rule } from '../../../rules/clause.ts';
import {
  type Covered,
  firstMetric,
  fitted,
  metricsOf,
  numbersOf,
  rarely,
  ruleOf,
} from './rules.ts';

/** What becomes of a rule with the next version of the standard. */
export type Change =
  | { readonly type: 'same' | 'removed' }
  | { readonly type: 'other'; readonly rule: Rule }
  | { readonly type: 'numbers'; readonly shift: number; readonly numbers: Partial<Rule> };

export function changeOf(unit: number, covered: Covered): fc.Arbitrary<Change> {
  return fc.oneof(
    fc.constant<Change>({ type: 'same' }),
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.integer({ min: -8, max: 8 }), numbersOf(unit))
        .map(([n, numbers]): Change => ({ type: 'numbers', shift: n / 8, numbers })),
    },
    fc.constant<Change>({ type: 'removed' }),
    ruleOf(unit, covered).map((rule): Change => ({ type: 'other', rule })),
  );
}

/** The rule after a change, under the same id; undefined when there is none any more. */
export function changed(rule: Rule | undefined, change: Change, id: string): Rule | undefined {
  if (change.type === 'removed') return undefined;
  if (change.type === 'other') return { ...change.rule, id };
  if (rule === undefined || change.type !== 'numbers') return rule;
  const { shift } = change;
  return fitted({
    ...rule,
    ...change.numbers,
    when: rule.when && shifted(rule.when, shift),
    only: rule.only && shifted(rule.only, shift),
    clearWhen: rule.clearWhen && shifted(rule.clearWhen, shift),
  });
}

/** The clause with every limit moved by the same amount. */
function shifted(clause: Clause, by: number): Clause {
  const moved: Record<string, unknown> = { ...clause };
  for (const key of ['above', 'atLeast', 'below', 'atMost', 'clear'] as const) {
    const limit = clause[key];
    if (typeof limit === 'number') moved[key] = limit + by;
  }
  for (const key of ['outside', 'clearInside'] as const) {
    const band = clause[key];
    if (band !== undefined) moved[key] = [band[0] + by, band[1] + by];
  }
  for (const key of ['all', 'any'] as const) {
    const inner = clause[key];
    if (inner !== undefined) moved[key] = inner.map((c) => shifted(c, by));
  }
  if (clause.not !== undefined) moved.not = shifted(clause.not, by);
  return moved;
}

/** How far an estate moves the limit of the first metric of each rule for one asset, and for how long it holds. */
export function ownLimits(unit: number) {
  const shift = fc.integer({ min: -8, max: 8 }).map((n) => n / 8);
  const hold = fc.constantFrom(1, 3, 9).map((n) => (n * unit) / 1_000);
  return rarely(fc.record({ shift, hold: rarely(hold) }));
}

type Own = ReturnType<typeof ownLimits> extends fc.Arbitrary<infer T> ? T : never;

/** The same as limits of the points of asset a. */
export function limitsOf(rules: readonly (Rule | undefined)[], own: Own) {
  const limits: Record<string, Record<string, Record<string, number>>> = {};
  for (const rule of rules) {
    const first = rule?.when && firstMetric(rule.when);
    const limit = first?.above ?? first?.atLeast ?? first?.below ?? first?.atMost;
    if (own === undefined || rule === undefined || typeof limit !== 'number') continue;
    // A clear limit for a comparison that has none would be another rule.
    if (metricsOf(rule).filter((m) => m === first?.metric).length > 1) continue;
    const point = `e/a/${first?.metric}`;
    const numbers: Record<string, number> = { limit: limit + own.shift };
    if (typeof first?.clear === 'number') numbers.clear = first.clear + own.shift;
    if (own.hold !== undefined) numbers.for_s = own.hold;
    limits[point] = { ...limits[point], [rule.id]: numbers };
  }
  return limits;
}
