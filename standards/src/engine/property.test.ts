import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendars } from '../calendar/index.ts';
import type { CalendarSpec, Clause, Count, Rule } from '../rules/clause.ts';
import { createEngine, type Episode, restoreEngine } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { Host } from './testing/host.ts';
import { referenceEpisodes, referenceSilence } from './testing/reference.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 400);
const horizon = 35 * 86_400_000;
const metrics = ['ph', 'free_cl', 'temp_c'] as const;
const start = Date.UTC(2026, 2, 10, 4);
const minute = 60_000;

/** Values and limits are multiples of 1/8, so that sums are exact. */
const eighths = fc.integer({ min: 0, max: 32 }).map((n) => n / 8);
const limits = fc.integer({ min: 6, max: 26 }).map((n) => n / 8);
const calendar: fc.Arbitrary<CalendarSpec> = fc.constantFrom(
  { hours: '22:00-06:00' },
  { hours: '12:15-13:45' },
  { sunBelow: -6 },
);
const comparison: fc.Arbitrary<Clause> = fc.oneof(
  limits.map((above) => ({ above })),
  fc.tuple(limits, limits).map(([a, b]) => ({ atLeast: Math.max(a, b), clear: Math.min(a, b) })),
  fc.tuple(limits, limits).map(([a, b]) => ({ below: Math.min(a, b), clear: Math.max(a, b) })),
  fc
    .uniqueArray(limits, { minLength: 4, maxLength: 4 })
    .map((list) => list.sort((a, b) => a - b))
    .map(([a = 0, b = 0, c = 0, d = 0]): Clause => ({ outside: [a, d], clearInside: [b, c] })),
);
const metric = fc.constantFrom(...metrics);
const plain: fc.Arbitrary<Clause> = fc.oneof(
  fc.tuple(metric, eighths).map(([m, above]): Clause => ({ metric: m, above })),
  calendar.map((c): Clause => ({ calendar: c })),
);

/** Absent four times of five. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** How readings are combined, with spans in units of the time between readings. */
function wayOf(unit: number): fc.Arbitrary<Clause> {
  const count: fc.Arbitrary<Count> = fc.oneof(
    fc.record({ least: fc.constantFrom(1, 2), of: fc.constantFrom(2, 3) }),
    fc.record({
      least: fc.constantFrom(2, 3),
      of: fc.constantFrom(4, 6),
      clearLeast: fc.constantFrom(1, 3),
      clearOf: fc.constantFrom(3, 4),
    }),
    fc.record({ least: fc.constant(2), within: fc.constant(8 * unit), during: calendar }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.record({
      over: fc.constantFrom('mean', 'leq', 'min', 'max', 'sum'),
      window: fc.constantFrom(2, 5, 20).map((n) => n * unit),
      minSamples: fc.constantFrom(1, 2),
    }),
    count.map((c) => ({ count: c })),
  );
}

function ruleOf(unit: number): fc.Arbitrary<Rule> {
  const leaf = fc
    .tuple(metric, comparison, wayOf(unit))
    .map(([m, a, b]): Clause => ({ metric: m, ...a, ...b }));
  const when: fc.Arbitrary<Clause> = fc.oneof(
    { weight: 5, arbitrary: leaf },
    fc.tuple(leaf, leaf).map(([a, b]): Clause => ({ all: [a, b] })),
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([a, b]): Clause => ({ any: [a, b] })) },
    fc.tuple(leaf, plain).map(([a, b]): Clause => ({ all: [a, { not: b }] })),
    fc.tuple(leaf, calendar).map(([a, c]): Clause => ({ all: [a, { calendar: c }] })),
  );
  const hold = fc.constantFrom(0, 0, 1, 2, 4, 9).map((n) => n * unit);
  return fc
    .record({
      when,
      only: rarely(plain),
      clearWhen: rarely(plain),
      for: hold,
      clearFor: hold,
    })
    .map((given) => testRule({ id: 'r', ...given }));
}

/** One reading: how many units after the one before, its value, and how late it reaches the gateway. */
const raw = fc.record({
  metric,
  gap: fc.constantFrom(0, 1, 1, 1, 2, 3, 12),
  value: eighths,
  lag: fc.constantFrom(0, 0, 1, 50, 90, 4_000).map((n) => n * 1_000),
  history: fc.constantFrom(false, false, true),
});

const scenario = fc.constantFrom(minute / 2, minute, 13 * minute).chain((unit) =>
  fc
    .record({
      unit: fc.constant(unit),
      rules: fc.array(ruleOf(unit), { minLength: 1, maxLength: 2 }),
      silentAfter: fc.tuple(
        ...metrics.map(() => fc.constantFrom(null, 3, 15, 60).map((n) => n && n * unit)),
      ),
      raws: fc.array(raw, { minLength: 12, maxLength: 60, size: 'max' }),
      after: fc.constantFrom(0, 1, 30, 600).map((n) => n * minute),
      arrival: fc.constantFrom('in order', 'metrics apart', 'stragglers', 'shuffled'),
      order: fc.array(fc.nat({ max: 1_000 }), { minLength: 50, maxLength: 50 }),
      frames: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 50, maxLength: 50 }),
      repeats: fc.array(fc.nat({ max: 60 }), { maxLength: 12 }),
      advances: fc.array(fc.option(fc.integer({ min: 0, max: 90 })), {
        minLength: 8,
        maxLength: 8,
      }),
      restarts: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    })
    .map((given) => ({ ...given, rules: given.rules.map((r, k) => ({ ...r, id: `r${k}` })) })),
);
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function setUp({ rules, silentAfter, unit, raws }: Scenario) {
  const points = metrics.map((m, k) => testPoint('a', m, silentAfter[k] ?? null));
  const estate = testEstate([testAsset('a', 'pool', points)]);
  const readings = new Map<string, Reading>();
  let at = start;
  for (const { metric: m, gap, value, lag, history } of raws) {
    at += gap * unit;
    const key = `${m} ${at}`;
    if (readings.has(key)) continue;
    readings.set(key, reading(`e/a/${m}`, at, value, { received: at + lag, history }));
  }
  const list = [...readings.values()];
  const options = { standard: testStandard(rules), estates: [estate], horizon };
  return { points, estate, readings: list, options };
}

/** What stands, without what the comparison leaves out. */
function bare(episodes: readonly Episode[]) {
  return episodes
    .map(({ rule: id, onset, detected, end, worst, worstAt, history }) => ({
      id,
      onset,
      detected,
      end,
      worst,
      worstAt,
      history,
    }))
    .sort((a, b) => (a.id === b.id ? a.onset - b.onset : a.id < b.id ? -1 : 1));
}

function expected(given: Scenario, until: number) {
  const { points, estate, readings } = setUp(given);
  const series = points.map((point) => ({
    metric: point.metric,
    silentAfter: point.silentAfter,
    readings: readings.filter((r) => r.point === point.id),
  }));
  const of = createCalendars(estate);
  const calendars = {
    at: (spec: CalendarSpec, time: number) => of(spec).at(time),
    edges: (spec: CalendarSpec, from: number, to: number) => {
      const edges: number[] = [];
      for (let t = of(spec).next(from - 1); t <= to; t = of(spec).next(t)) edges.push(t);
      return edges;
    },
  };
  const byRule = given.rules.flatMap((r) =>
    referenceEpisodes(r, series, calendars, until).map((e) => ({ id: r.id, ...e })),
  );
  const silent = series.flatMap((point) =>
    referenceSilence(point, until).map((e) => ({ id: `silence:${point.metric}`, ...e })),
  );
  return [...byRule, ...silent].sort((a, b) =>
    a.id === b.id ? a.onset - b.onset : a.id < b.id ? -1 : 1,
  );
}

function endOf(readings: readonly Reading[], after: number): number {
  return Math.max(...readings.map((r) => r.received)) + 10_000 + after;
}

/** The order in which readings reach the engine. */
function arriving({ arrival, order, unit }: Scenario, readings: readonly Reading[]): Reading[] {
  const delay = (r: Reading, k: number): number => {
    const random = order[k % order.length] ?? 0;
    if (arrival === 'in order') return 0;
    // Every device in order, but one far behind the other.
    if (arrival === 'metrics apart') return (order[r.point.length % 7] ?? 0) % 40;
    if (arrival === 'stragglers') return random % 8 === 0 ? random % 50 : 0;
    return random;
  };
  return readings
    .map((r, k) => ({ r, k, by: r.at + delay(r, k) * unit }))
    .sort((x, y) => x.by - y.by || x.k - y.k)
    .map(({ r }) => r);
}

function inFrames(readings: readonly Reading[], sizes: readonly number[]): Reading[][] {
  const frames: Reading[][] = [];
  let from = 0;
  for (let k = 0; from < readings.length; k += 1) {
    const size = sizes[k % sizes.length] ?? 1;
    frames.push(readings.slice(from, from + size));
    from += size;
  }
  return frames;
}

describe('engine', { timeout: 60_000 + runs * 100 }, () => {
  it('says what the reference says, in time order', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { readings, options } = setUp(given);
        const end = endOf(readings, given.after);
        const host = new Host(createEngine(options));
        host.accept(readings);
        host.engine.advance('g', end);
        host.drain();
        expect(bare(host.engine.episodes())).toEqual(expected(given, end));
      }),
      { numRuns: runs },
    );
  });

  it('says the same in any order, with duplicates, in any frames, with time and restarts between', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { readings, options } = setUp(given);
        const end = endOf(readings, given.after);
        const repeated = given.repeats.flatMap((k) => readings[k % readings.length] ?? []);
        const arrival = arriving(given, [...readings, ...repeated]);
        const host = new Host(createEngine(options));
        for (const [k, frame] of inFrames(arrival, given.frames).entries()) {
          host.accept(frame);
          const step = given.advances[k % given.advances.length];
          if (step !== null && step !== undefined) {
            host.engine.advance('g', Math.min(end, start + step * given.unit));
            host.drain();
          }
          if (given.restarts[k % given.restarts.length]) {
            host.engine = restoreEngine(options, host.engine.snapshot());
          }
        }
        host.engine.advance('g', end);
        host.drain();
        expect(bare(host.engine.episodes())).toEqual(expected(given, end));
        expect(bare([...host.said.values()])).toEqual(bare(host.engine.episodes()));
      }),
      { numRuns: runs },
    );
  });
});

describe('a device that empties its buffer', { timeout: 60_000 + runs * 100 }, () => {
  /** All readings wait in the device and come one by one, in order, long after the last was measured. */
  const opened = (given: Scenario) => {
    const { readings, options } = setUp(given);
    const received = Math.max(...readings.map((r) => r.at)) + 61_000;
    const host = new Host(createEngine(options));
    const changes = readings.flatMap((r, k) => {
      host.accept([{ ...r, received: received + k, history: false }]);
      host.engine.advance('g', received + k);
      return host.drain();
    });
    host.engine.advance('g', received + readings.length + 10_000);
    host.drain();
    const stands = new Set([...host.said.values()].map((e) => `${e.rule} ${e.onset}`));
    return { changes, stands };
  };
  const oneMetric = scenario.map((given) => ({
    ...given,
    raws: given.raws.map((r) => ({ ...r, metric: metrics[0] })),
  }));

  it('is told of nothing that is withdrawn a moment later', () => {
    fc.assert(
      fc.property(oneMetric, (given) => {
        const { changes, stands } = opened(given);
        const told = changes.filter((change) => change.type === 'opened');
        expect(changes.map((change) => change.type)).not.toContain('withdrawn');
        for (const { episode } of told)
          expect(stands).toContain(`${episode.rule} ${episode.onset}`);
      }),
      { numRuns: runs },
    );
  });
});

describe('the generated scenarios', { timeout: 60_000 + runs * 100 }, () => {
  it('reach what they are meant to prove', () => {
    const seen = { episodes: 0, ended: 0, silent: 0, late: 0, guarded: 0, withdrawn: 0 };
    const count = (what: keyof typeof seen, is: boolean) => {
      if (is) seen[what] += 1;
    };
    const look = (given: Scenario) => {
      const { readings, options } = setUp(given);
      const host = new Host(createEngine(options));
      const frames = inFrames(arriving(given, readings), given.frames);
      let works = 0;
      const said = frames.flatMap((frame) => {
        works += host.accept(frame);
        host.engine.advance('g', start + 30 * given.unit);
        return host.drain();
      });
      host.engine.advance('g', endOf(readings, given.after));
      const all = host.engine.episodes();
      const byRule = all.filter((e) => !e.rule.startsWith('silence:'));
      count('late', works > 0);
      count(
        'withdrawn',
        said.some((change) => change.type === 'withdrawn'),
      );
      count('episodes', byRule.length > 0);
      count(
        'ended',
        byRule.some((e) => e.end !== null),
      );
      count('silent', byRule.length < all.length);
      count('guarded', byRule.length > 0 && given.rules.some((r) => r.only !== undefined));
    };
    fc.assert(fc.property(scenario, look), { numRuns: runs, seed: 1 });
    for (const [what, times] of Object.entries(seen)) {
      expect(times / runs, what).toBeGreaterThan(0.05);
    }
  });
});
