import fc from 'fast-check';
import type { Baseline, CalendarSpec, Clause, Count, Rule, Step } from '../../../rules/clause.ts';
import { testRule } from '../fixture.ts';

/** Metrics of a lift, by what their values are; sound levels are multiples of 10 dB, whose energies are exact. */
const numbers = ['floor', 'level_err_mm'] as const;
export const sound = 'door_db';
export const states = ['normal', 'stopped', 'fire'] as const;
export const metrics = [...numbers, sound, 'mode', 'trapped'] as const;
const relations = ['near', 'vouch'] as const;

/** Parts of an hour that are powers of two, so that rates of change are exact. */
export const units = [28_125, 225_000, 900_000, 7_200_000] as const;

const hours = fc.constantFrom<CalendarSpec>(
  { hours: '22:00-06:00' },
  { hours: '12:15-13:45' },
  { days: ['tue', 'sat'] },
  { holidays: false, hours: '12:30-14:00' },
  { months: [3], days: ['wed'] },
);
/** A year of the sun takes longer to work out than all else of a run. */
const sun = fc.constant<CalendarSpec>({ sunBelow: -6 });
const calendar: fc.Arbitrary<CalendarSpec> = fc.oneof(
  { weight: 24, arbitrary: hours },
  { weight: 1, arbitrary: sun },
);

/** Absent four times of five. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const times = (...list: readonly number[]) => fc.constantFrom(...list);

/** Comparisons with limits of `offset + scale × (0.75 … 3.25)`, multiples of 1/8 of the scale. */
function comparisonOf(offset: number, scale: number, clear = true): fc.Arbitrary<Clause> {
  const limit = fc.integer({ min: 6, max: 26 }).map((n) => offset + (scale * n) / 8);
  const pair = fc.tuple(limit, limit).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const bands = fc
    .uniqueArray(limit, { minLength: 4, maxLength: 4 })
    .map((list) => list.sort((a, b) => a - b) as [number, number, number, number]);
  const plain: fc.Arbitrary<Clause>[] = [
    limit.map((above) => ({ above })),
    limit.map((below) => ({ below })),
    limit.map((atMost) => ({ atMost })),
    bands.map(([a, , , d]): Clause => ({ outside: [a, d] })),
  ];
  if (!clear) return fc.oneof(...plain);
  return fc.oneof(
    ...plain,
    pair.map(([low, high]): Clause => ({ atLeast: high, clear: low })),
    pair.map(([low, high]): Clause => ({ below: low, clear: high })),
    bands.map(([a, b, c, d]): Clause => ({ outside: [a, d], clearInside: [b, c] })),
  );
}

const scaleOf = (metric: string) => (metric === sound ? 10 : 1);
const numeric = fc.constantFrom(...numbers, sound);

function windowed(unit: number): fc.Arbitrary<Clause> {
  const perHour = 3_600_000 / unit;
  return fc
    .tuple(
      numeric,
      fc.constantFrom('mean', 'min', 'max', 'sum', 'range', 'rise', 'fall', 'rate', 'percentile'),
      times(2, 5, 20),
      times(1, 2, 3),
      times(1, 10, 50, 90, 99),
    )
    .chain(([metric, over, span, minSamples, percentile]) => {
      const scale = scaleOf(metric);
      const [offset, factor] =
        over === 'rate'
          ? [-scale * perHour, (scale * perHour) / 2]
          : [0, over === 'sum' ? 2 * scale : scale];
      const clause = { metric, over, window: span * unit, minSamples } as const;
      return comparisonOf(offset, factor).map(
        (c): Clause =>
          over === 'percentile' ? { ...clause, ...c, percentile } : { ...clause, ...c },
      );
    });
}

function energyMean(unit: number): fc.Arbitrary<Clause> {
  return fc
    .tuple(comparisonOf(0, 10), times(2, 5, 20))
    .map(([c, span]): Clause => ({ metric: sound, over: 'leq', window: span * unit, ...c }));
}

function held(unit: number): fc.Arbitrary<Clause> {
  const past: fc.Arbitrary<Baseline> = fc
    .record({
      bucket: times(1, 4, 7).map((n) => n * unit),
      of: times(1, 2, 3, 6),
      every: rarely(times(1, 2, 3)),
      minimum: rarely(fc.constant(1)),
      figure: fc.constantFrom('mean', 'median', 'min', 'max'),
      by: fc.constantFrom('ratio', 'difference'),
    })
    .map(({ every, minimum, ...given }) => ({
      ...given,
      ...(every === undefined ? {} : { every: every * given.bucket }),
      ...(minimum === undefined ? {} : { minimum }),
    }));
  return fc
    .tuple(numeric, past, fc.constantFrom<Clause>({}, { over: 'mean', window: 3 * unit }))
    .chain(([metric, baseline, over]) => {
      const [offset, scale] = baseline.by === 'ratio' ? [0, 0.5] : [-2, 1];
      return comparisonOf(offset, scale).map((c): Clause => ({ metric, baseline, ...over, ...c }));
    });
}

/** Comparisons of single readings: of numbers without hysteresis, of states, and changes of either. */
function single(changes: boolean): fc.Arbitrary<Clause> {
  const list: fc.Arbitrary<Clause>[] = [
    numeric.chain((m) =>
      comparisonOf(0, scaleOf(m), false).map((c): Clause => ({ metric: m, ...c })),
    ),
    fc.constantFrom<Clause>(
      { metric: 'mode', is: 'stopped' },
      { metric: 'mode', is: ['stopped', 'fire'] },
      { metric: 'trapped', is: true },
    ),
  ];
  if (changes)
    list.push(fc.constantFrom(...metrics).map((m): Clause => ({ metric: m, changed: true })));
  return fc.oneof(...list);
}

function counted(unit: number, changes = true): fc.Arbitrary<Clause> {
  const count: fc.Arbitrary<Count> = fc.oneof(
    fc.record({ least: times(1, 2), of: times(2, 3) }),
    fc.record({
      least: times(2, 3),
      of: times(4, 6),
      clearLeast: times(1, 3),
      clearOf: times(3, 4),
    }),
    fc.record({ least: fc.constant(2), within: fc.constant(8 * unit), during: calendar }),
    fc.record({ least: fc.constant(2), of: fc.constant(3), within: fc.constant(8 * unit) }),
  );
  const hysteresis = numeric.chain((m) =>
    comparisonOf(0, scaleOf(m)).map((c): Clause => ({ metric: m, ...c })),
  );
  const cleared = fc.record({
    least: times(2, 3),
    of: times(4),
    clearLeast: times(1, 3),
    clearOf: times(4),
  });
  return fc.oneof(
    fc.tuple(single(changes), count).map(([c, k]): Clause => ({ ...c, count: k })),
    fc.tuple(hysteresis, cleared).map(([c, k]): Clause => ({ ...c, count: k })),
  );
}

function countedByShare(unit: number, changes = true): fc.Arbitrary<Clause> {
  const shares = fc.tuple(times(1, 2, 3, 5, 6, 8), times(1, 2, 3, 5, 6, 8));
  return fc
    .tuple(
      single(changes),
      shares,
      times(3, 4, 6),
      rarely(times(1, 2)),
      rarely(times(8, 20)),
      rarely(calendar),
      fc.boolean(),
    )
    .map(([c, [a, b], of, minimum, within, during, clears]) => {
      const count: Count = {
        share: Math.max(a, b) / 8,
        of,
        ...(minimum === undefined ? {} : { minimum }),
        ...(within === undefined ? {} : { within: within * unit }),
        ...(during === undefined ? {} : { during }),
        ...(clears ? { clearShare: Math.min(a, b) / 8 } : {}),
      };
      return { ...c, count };
    });
}

function absent(unit: number, changes = true): fc.Arbitrary<Clause> {
  return fc
    .tuple(single(changes), times(1, 3, 5, 12))
    .map(([c, n]): Clause => ({ ...c, absent: n * unit }));
}

function shared(unit: number): fc.Arbitrary<Clause> {
  return fc
    .tuple(
      single(false),
      times(3, 8, 20),
      times(1, 3, 4, 6, 8),
      rarely(times(0, 1)),
      rarely(times(0, 2, 8)),
    )
    .map(
      ([c, span, atLeast, clear, coverage]): Clause => ({
        ...c,
        share: {
          window: span * unit,
          atLeast: atLeast / 8,
          ...(clear === undefined ? {} : { clear: (atLeast - clear) / 8 }),
          ...(coverage === undefined ? {} : { coverage: coverage / 8 }),
        },
      }),
    );
}

/** The forms a leaf may have, by name, so that a test can say which it covers. */
export const forms = {
  value: () =>
    numeric.chain((m) => comparisonOf(0, scaleOf(m)).map((c): Clause => ({ metric: m, ...c }))),
  state: () => single(false),
  windowed,
  energyMean,
  counted,
  countedByShare,
  absent,
  shared,
  baseline: held,
} satisfies Record<string, (unit: number, changes: boolean) => fc.Arbitrary<Clause>>;
export type Form = keyof typeof forms;

/** Which parts of the language random rules are made of. */
export interface Covered {
  readonly forms: readonly Form[];
  readonly changes: boolean;
  readonly relations: boolean;
}

const plain: fc.Arbitrary<Clause> = fc.oneof(
  comparisonOf(0, 1, false).map((c): Clause => ({ metric: 'floor', ...c })),
  comparisonOf(0, 1, false).map((c): Clause => ({ metric: 'level_err_mm', ...c })),
  fc.constant<Clause>({ metric: 'trapped', is: true }),
  calendar.map((c): Clause => ({ calendar: c })),
);

function leafOf(
  unit: number,
  { forms: which, changes, relations: related }: Covered,
): fc.Arbitrary<Clause> {
  const own = fc.oneof(
    { weight: 3, arbitrary: forms.value() },
    ...which.map((form) => forms[form](unit, changes)),
  );
  const elsewhere = fc.tuple(own, fc.constantFrom(...relations), fc.boolean(), fc.boolean()).map(
    ([leaf, from, every, optional]): Clause => ({
      ...leaf,
      from,
      ...(every ? { every } : {}),
      ...(optional ? { optional } : {}),
    }),
  );
  return fc.oneof({ weight: 5, arbitrary: own }, { weight: related ? 1 : 0, arbitrary: elsewhere });
}

function whenOf(unit: number, covered: Covered): fc.Arbitrary<Clause> {
  const leaf = leafOf(unit, covered);
  return fc.oneof(
    { weight: 6, arbitrary: leaf },
    fc.tuple(leaf, leaf).map(([a, b]): Clause => ({ all: [a, b] })),
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([a, b]): Clause => ({ any: [a, b] })) },
    fc.tuple(leaf, plain).map(([a, b]): Clause => ({ all: [a, { not: b }] })),
    fc.tuple(leaf, leaf).map(([a, b]): Clause => ({ all: [a, { not: b }] })),
    fc.tuple(leaf, calendar).map(([a, c]): Clause => ({ all: [a, { calendar: c }] })),
  );
}

function stepsOf(unit: number): fc.Arbitrary<Step[]> {
  const severity = fc.constantFrom('emergency', 'high', 'medium');
  const size = fc.integer({ min: 0, max: 40 }).map((n) => n / 8);
  return fc.array(
    fc.oneof(
      fc.record({ severity, above: size }),
      fc.record({ severity, below: size }),
      fc.record({ severity, after: times(1, 3, 8, 30, 200).map((n) => n * unit) }),
    ),
    { maxLength: 3 },
  );
}

/** What a change of a rule may change without making it another rule: everything but its conditions. */
export function numbersOf(unit: number) {
  const hold = times(0, 0, 1, 2, 4, 9).map((n) => n * unit);
  return fc.record({
    for: hold,
    clearFor: hold,
    severity: fc.constantFrom('low', 'advice'),
    steps: rarely(stepsOf(unit)),
    fold: rarely(times(1, 3, 10).map((n) => n * unit)),
    latched: fc.boolean(),
    effect: fc.constantFrom('down', 'degraded'),
  } as const);
}

/** A rule for lifts in the whole of the language. */
export function ruleOf(unit: number, covered: Covered): fc.Arbitrary<Rule> {
  return fc
    .tuple(whenOf(unit, covered), rarely(plain), rarely(plain), numbersOf(unit))
    .map(([when, only, clearWhen, numbers]) =>
      fitted(testRule({ id: 'r', kind: 'lift', when, only, clearWhen, ...numbers })),
    );
}

/** The rule without steps by a size that its first metric cannot reach: only the breaching side counts. */
export function fitted(rule: Rule): Rule {
  const first = rule.when === undefined ? undefined : firstMetric(rule.when);
  const shared = first?.share !== undefined;
  const upward = shared || (first?.above ?? first?.atLeast ?? first?.outside) !== undefined;
  const downward = !shared && (first?.below ?? first?.atMost ?? first?.outside) !== undefined;
  const steps = rule.steps?.filter(
    (step) => 'after' in step || ('above' in step ? upward : downward),
  );
  return { ...rule, steps };
}

/** The first comparison in it. */
export function firstMetric(clause: Clause): Clause | undefined {
  if (clause.metric !== undefined) return clause;
  const inner = [...(clause.all ?? []), ...(clause.any ?? []), ...(clause.not ? [clause.not] : [])];
  return inner.map(firstMetric).find((c) => c !== undefined);
}

/** The metric of every comparison of a rule, in the order in which they are written. */
export function metricsOf(rule: Rule): string[] {
  const inside = (clause: Clause | undefined): string[] => {
    if (clause === undefined) return [];
    const inner = [...(clause.all ?? []), ...(clause.any ?? []), clause.not].flatMap(inside);
    return clause.metric === undefined ? inner : [clause.metric];
  };
  return [rule.when, rule.only, rule.clearWhen].flatMap(inside);
}
