import type {
  Baseline,
  CalendarSpec,
  Clause,
  Count,
  Limit,
  Rule,
  Share,
  Step,
} from '../rules/clause.ts';

/** A rule with one number moved or one part dropped. */
export interface Mutant {
  /** `gate-force when.count.least +1`; stable as long as the rule keeps its form. */
  readonly id: string;
  readonly rule: Rule;
}

/** What was changed, and what came of it. */
type Variant<T> = readonly [change: string, value: T];

/** Every mutant of a rule: limits ±5 %, counts ±1, durations halved and doubled, holds and guards dropped. */
export function mutantsOf(rule: Rule): Mutant[] {
  const { when, only, clearWhen } = rule;
  const variants: Variant<Rule>[] = [
    ...(when === undefined ? [] : part(rule, 'when', inClause(when))),
    ...(only === undefined ? [] : part(rule, 'only', inClause(only))),
    ...(only === undefined ? [] : part(rule, 'only', [['dropped', undefined]])),
    ...(clearWhen === undefined ? [] : part(rule, 'clearWhen', inClause(clearWhen))),
    ...(clearWhen === undefined ? [] : part(rule, 'clearWhen', [['dropped', undefined]])),
    ...part(rule, 'for', hold(rule.for)),
    ...part(rule, 'clearFor', hold(rule.clearFor)),
    ...part(rule, 'fold', hold(rule.fold)),
    ...part(rule, 'steps', members(rule.steps ?? [], inStep, 0)),
  ];
  return variants.map(([change, mutated]) => ({ id: `${rule.id} ${change}`, rule: mutated }));
}

function part<T extends object, K extends keyof T & string>(
  whole: T,
  key: K,
  variants: readonly Variant<T[K] | undefined>[],
): Variant<T>[] {
  return variants.map(([change, value]) => [
    `${key}${/^[[a-zA-Z]/.test(change) && change !== 'dropped' ? dotted(change) : ` ${change}`}`,
    { ...whole, [key]: value },
  ]);
}

const dotted = (change: string): string => (change.startsWith('[') ? change : `.${change}`);

/** Each member changed, and each left out where at least `keep` stay. */
function members<T>(
  list: readonly T[],
  inside: (member: T) => readonly Variant<T>[],
  keep: number,
): Variant<T[]>[] {
  return list.flatMap((member, k): Variant<T[]>[] => {
    const changed = inside(member).map(
      ([change, value]): Variant<T[]> => [
        `[${k}]${change.startsWith('[') ? change : `.${change}`}`,
        list.with(k, value),
      ],
    );
    const rest = list.filter((_, other) => other !== k);
    return rest.length < keep ? changed : [...changed, [`[${k}] dropped`, rest]];
  });
}

function inClause(clause: Clause): Variant<Clause>[] {
  const { all, any, not, calendar, count, share, baseline } = clause;
  const numbers = (['above', 'atLeast', 'below', 'atMost', 'clear'] as const).flatMap((key) => {
    const limit = clause[key];
    return limit === undefined ? [] : part(clause, key, inLimit(limit));
  });
  return [
    ...(all === undefined ? [] : part(clause, 'all', members(all, inClause, 1))),
    ...(any === undefined ? [] : part(clause, 'any', members(any, inClause, 1))),
    ...(not === undefined ? [] : part(clause, 'not', inClause(not))),
    ...(calendar === undefined ? [] : part(clause, 'calendar', inCalendar(calendar))),
    ...numbers,
    ...dropped(clause, 'clear'),
    ...part(clause, 'outside', inBand(clause.outside)),
    ...part(clause, 'clearInside', inBand(clause.clearInside)),
    ...dropped(clause, 'clearInside'),
    ...part(clause, 'window', span(clause.window)),
    ...part(clause, 'minSamples', whole(clause.minSamples)),
    ...part(clause, 'percentile', amount(clause.percentile)),
    ...part(clause, 'absent', span(clause.absent)),
    ...(count === undefined ? [] : part(clause, 'count', inCount(count))),
    ...(share === undefined ? [] : part(clause, 'share', inShare(share))),
    ...(baseline === undefined ? [] : part(clause, 'baseline', inBaseline(baseline))),
    ...dropped(clause, 'baseline'),
  ];
}

function inCount(count: Count): Variant<Count>[] {
  const { during } = count;
  return [
    ...part(count, 'least', whole(count.least)),
    ...part(count, 'share', amount(count.share)),
    ...part(count, 'of', whole(count.of)),
    ...part(count, 'minimum', whole(count.minimum)),
    ...part(count, 'within', span(count.within)),
    ...(during === undefined ? [] : part(count, 'during', inCalendar(during))),
    ...dropped(count, 'during'),
    ...part(count, 'clearLeast', whole(count.clearLeast)),
    ...part(count, 'clearOf', whole(count.clearOf)),
    ...part(count, 'clearShare', amount(count.clearShare)),
  ];
}

function inShare(share: Share): Variant<Share>[] {
  return [
    ...part(share, 'window', span(share.window)),
    ...part(share, 'atLeast', amount(share.atLeast)),
    ...part(share, 'clear', amount(share.clear)),
    ...part(share, 'coverage', amount(share.coverage)),
  ];
}

function inBaseline(baseline: Baseline): Variant<Baseline>[] {
  return [
    ...part(baseline, 'bucket', span(baseline.bucket)),
    ...part(baseline, 'every', span(baseline.every)),
    ...part(baseline, 'of', whole(baseline.of)),
    ...part(baseline, 'minimum', whole(baseline.minimum)),
  ];
}

function inCalendar(calendar: CalendarSpec): Variant<CalendarSpec>[] {
  return part(calendar, 'delay', hold(calendar.delay));
}

function inStep(step: Step): Variant<Step>[] {
  if ('after' in step) return part(step, 'after', span(step.after) as Variant<number>[]);
  return 'above' in step
    ? part(step, 'above', amount(step.above) as Variant<number>[])
    : part(step, 'below', amount(step.below) as Variant<number>[]);
}

function inLimit(limit: Limit): Variant<Limit>[] {
  if (typeof limit === 'number') return amount(limit);
  return [
    ...part(limit, 'otherwise', amount(limit.otherwise)),
    ...part(limit, 'scale', amount(limit.scale)),
    ...part(limit, 'offset', amount(limit.offset)),
  ];
}

function inBand(band: readonly [number, number] | undefined): Variant<[number, number]>[] {
  if (band === undefined) return [];
  const [low, high] = band;
  return [
    ...amount(low).map(
      ([change, value]): Variant<[number, number]> => [`low ${change}`, [value, high]],
    ),
    ...amount(high).map(
      ([change, value]): Variant<[number, number]> => [`high ${change}`, [low, value]],
    ),
  ];
}

/** Five percent of nothing is nothing: a limit of 0 has no such mutant. */
function amount(value: number | undefined): Variant<number>[] {
  if (value === undefined || value === 0) return [];
  const by = Math.abs(value) * 0.05;
  return [
    ['+5%', value + by],
    ['-5%', value - by],
  ];
}

function whole(value: number | undefined): Variant<number>[] {
  if (value === undefined) return [];
  return value > 1
    ? [
        ['+1', value + 1],
        ['-1', value - 1],
      ]
    : [['+1', value + 1]];
}

function span(ms: number | undefined): Variant<number>[] {
  if (ms === undefined || ms === 0) return [];
  return [
    ['doubled', ms * 2],
    ['halved', Math.round(ms / 2)],
  ];
}

function hold(ms: number | undefined): Variant<number>[] {
  return ms === undefined || ms === 0 ? [] : [...span(ms), ['dropped', 0]];
}

function dropped<T extends object, K extends keyof T & string>(whole: T, key: K): Variant<T>[] {
  return whole[key] === undefined ? [] : part(whole, key, [['dropped', undefined]]);
}
