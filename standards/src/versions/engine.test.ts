import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Standard } from '../catalogue/standard.ts';
import { createEngine, type EngineOptions, type Episode } from '../engine/index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from '../engine/testing/fixture.ts';
import { Host } from '../engine/testing/host.ts';
import type { Clause, Rule } from '../rules/clause.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 2, 8);
/** The instant of the change. */
const T = t0 + 60 * minute;
const horizon = 35 * 24 * 3_600_000;

const estate = testEstate([
  testAsset('pool', 'pool', [testPoint('pool', 'ph', null), testPoint('pool', 'temp_c', null)]),
]);
const ph = 'e/pool/ph';
const temp = 'e/pool/temp_c';

const high = (above: number, more: Partial<Rule> & Partial<Pick<Clause, 'clear'>> = {}): Rule => {
  const { clear, ...rule } = more;
  const limits = clear === undefined ? { above } : { above, clear };
  return testRule({ id: 'high', when: { metric: 'ph', ...limits }, ...rule });
};
const version = (name: string, ...rules: Rule[]): Standard => ({
  ...testStandard(rules),
  version: name,
});

/** One version until T, the other from then on. */
const options = (before: Standard, after: Standard): EngineOptions => ({
  standard: after,
  estates: [estate],
  horizon,
  earlier: [{ standard: before, estates: [estate], until: T }],
});

const at = (minutes: number, value: number, point = ph): Reading =>
  reading(point, t0 + minutes * minute, value);

/** Standing episodes in minutes since t0, and what they carry of their version. */
function told(host: Host): unknown[] {
  return [...host.said.values()]
    .sort((a, b) => a.onset - b.onset || (a.rule < b.rule ? -1 : 1))
    .map((e) => [e.rule, since(e.onset), since(e.end), e.standardVersion, e.severity, e.worst]);
}
const since = (time: number | null) => (time === null ? null : (time - t0) / minute);

function judge(given: EngineOptions, readings: readonly Reading[], to: number): Host {
  const host = new Host(createEngine(given));
  for (const one of readings) host.accept([one]);
  host.engine.advance('g', t0 + to * minute);
  host.drain();
  return host;
}

describe('a change of the standard', () => {
  it('judges each reading by the version in force at its own time, whenever it arrives', () => {
    const given = options(version('v1', high(8)), version('v2', high(9)));
    const inTime = [at(10, 8.5), at(20, 7), at(70, 8.5), at(80, 9.5), at(90, 7)];
    const expected = [
      ['high', 10, 20, 'v1', 'medium', 8.5],
      ['high', 80, 90, 'v2', 'medium', 9.5],
    ];
    expect(told(judge(given, inTime, 100))).toEqual(expected);
    const late = [at(90, 7), at(20, 7), at(80, 9.5), at(10, 8.5), at(70, 8.5)];
    expect(told(judge(given, late, 100))).toEqual(expected);
  });

  it('carries an unchanged rule over as if nothing had happened', () => {
    const same = high(8, { for: 20 * minute });
    const other = testRule({ id: 'warm', when: { metric: 'temp_c', above: 30 } });
    const changed = testRule({ id: 'warm', when: { metric: 'temp_c', above: 31 } });
    const given = options(version('v1', same, other), version('v2', same, changed));
    const host = judge(given, [at(50, 8.5), at(65, 8.6), at(90, 7)], 100);
    expect(told(host)).toEqual([['high', 50, 90, 'v1', 'medium', 8.6]]);
  });

  it('keeps a standing breach with the version and severity that it was detected under', () => {
    const after = high(8.2, { severity: 'high' });
    const given = options(version('v1', high(8)), version('v2', after));
    const host = judge(given, [at(50, 8.5), at(70, 8.7), at(90, 7)], 100);
    expect(told(host)).toEqual([['high', 50, 90, 'v1', 'medium', 8.7]]);
  });

  it('ends at the change what is no breach by the new numbers', () => {
    const given = options(version('v1', high(8)), version('v2', high(9)));
    expect(told(judge(given, [at(50, 8.5)], 100))).toEqual([['high', 50, 60, 'v1', 'medium', 8.5]]);
    expect(told(judge(given, [at(50, 8.5)], 59))).toEqual([
      ['high', 50, null, 'v1', 'medium', 8.5],
    ]);
  });

  it('opens at the change what is a breach by the new numbers, from the value held', () => {
    const given = options(version('v1', high(9)), version('v2', high(8)));
    expect(told(judge(given, [at(50, 8.5)], 100))).toEqual([
      ['high', 60, null, 'v2', 'medium', 8.5],
    ]);
  });

  it('clears by the hold of the new version', () => {
    const given = options(
      version('v1', high(8)),
      version('v2', high(8, { clearFor: 30 * minute })),
    );
    const host = judge(given, [at(50, 8.5), at(70, 7), at(90, 8.5), at(95, 7)], 130);
    expect(told(host)).toEqual([['high', 50, 95, 'v1', 'medium', 8.5]]);
  });

  it('ends a rule that is gone at the change, and begins a new one as if nothing had been read', () => {
    const cold = testRule({ id: 'cold', when: { metric: 'temp_c', below: 20 } });
    const given = options(version('v1', high(8)), version('v2', cold));
    const readings = [at(50, 8.5), at(55, 10, temp), at(70, 9), at(75, 11, temp)];
    expect(told(judge(given, readings, 100))).toEqual([
      ['high', 50, 60, 'v1', 'medium', 8.5],
      ['cold', 75, null, 'v2', 'medium', 11],
    ]);
  });

  it('ends at the change a rule of another shape, which begins anew', () => {
    const mean = testRule({
      id: 'high',
      when: { metric: 'ph', over: 'mean', window: 30 * minute, above: 8, minSamples: 2 },
    });
    const given = options(version('v1', high(8)), version('v2', mean));
    const host = judge(given, [at(50, 8.5), at(59, 8.5), at(65, 8.5), at(70, 8.5)], 100);
    expect(told(host)).toEqual([
      ['high', 50, 60, 'v1', 'medium', 8.5],
      ['high', 70, null, 'v2', 'medium', 8.5],
    ]);
  });

  it('drops what was pending when the shape changes, and lets it go on when only numbers do', () => {
    const before = version('v1', high(8, { for: 20 * minute }));
    const longer = version('v2', high(8, { for: 40 * minute }));
    const host = judge(options(before, longer), [at(50, 8.5)], 120);
    expect(told(host)).toEqual([['high', 50, null, 'v1', 'medium', 8.5]]);
    expect([...host.said.values()][0]?.detected).toBe(t0 + 90 * minute);
    const gone = judge(options(before, version('v2')), [at(50, 8.5)], 120);
    expect(told(gone)).toEqual([]);
  });
});

describe('any history of versions', () => {
  const rules = (a: number, b: number, hold: number, shape: number): Rule[] => [
    high(a, { clear: a - 0.5, for: hold * minute }),
    testRule({ id: 'steady', when: { metric: 'ph', above: 8 }, for: 5 * minute }),
    testRule({
      id: 'both',
      when: {
        all: [
          { metric: 'ph', above: b },
          { metric: 'temp_c', above: 30 },
        ],
      },
    }),
    ...(shape === 0
      ? []
      : [
          testRule({
            id: 'window',
            when: {
              metric: 'ph',
              over: shape === 1 ? 'mean' : 'max',
              window: 20 * minute,
              above: b,
            },
          }),
        ]),
  ];
  const eighth = (min: number, max: number) =>
    fc.integer({ min: min * 8, max: max * 8 }).map((n) => n / 8);
  const versions = fc.array(
    fc.tuple(
      eighth(7, 9),
      eighth(7, 9),
      fc.integer({ min: 0, max: 15 }),
      fc.integer({ min: 0, max: 2 }),
    ),
    { minLength: 2, maxLength: 4 },
  );
  const series = fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 120 }),
      value: eighth(6, 10),
      warm: fc.boolean(),
      onTemp: fc.boolean(),
    }),
    { maxLength: 40, selector: ({ at: t, onTemp }) => `${t} ${onTemp}` },
  );
  const history = fc
    .tuple(
      versions,
      fc.uniqueArray(fc.integer({ min: 5, max: 115 }), { minLength: 3, maxLength: 3 }),
    )
    .map(([numbers, edges]): EngineOptions => {
      const made = numbers.map((n, k) => version(`v${k}`, ...rules(...n)));
      const untils = edges.sort((a, b) => a - b).map((edge) => t0 + edge * minute);
      return {
        standard: made.at(-1) as Standard,
        estates: [estate],
        horizon,
        earlier: made
          .slice(0, -1)
          .map((standard, k) => ({ standard, estates: [estate], until: untils[k] as number })),
      };
    });
  const readingsOf = (
    list: readonly { at: number; value: number; warm: boolean; onTemp: boolean }[],
  ) => list.map((r) => (r.onTemp ? at(r.at, r.warm ? 35 : 25, temp) : at(r.at, r.value)));
  const standing = (host: Host): Episode[] =>
    host.engine.episodes().toSorted((a, b) => a.onset - b.onset || (a.rule < b.rule ? -1 : 1));

  let runs: number;
  beforeEach(() => {
    runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 300);
  });

  it('gives the same episodes in whatever order the readings arrive', () => {
    fc.assert(
      fc.property(history, series, fc.infiniteStream(fc.nat()), (given, list, random) => {
        const readings = readingsOf(list).toSorted((a, b) => a.at - b.at);
        const ordered = judge(given, readings, 150);
        const keys = new Map(readings.map((r) => [r, random.next().value ?? 0]));
        const shuffled = readings.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        expect(standing(judge(given, shuffled, 150))).toEqual(standing(ordered));
      }),
      { numRuns: runs },
    );
  });

  it('gives the same episodes whether a change was known from the start or came at a restart', () => {
    fc.assert(
      fc.property(history, series, (given, list) => {
        const { earlier = [], ...last } = given;
        const stretches = [...earlier, { ...last, until: Number.POSITIVE_INFINITY }];
        const readings = readingsOf(list).toSorted((a, b) => a.at - b.at);
        const known = judge(given, readings, 150);
        const first = stretches[0] as (typeof stretches)[number];
        const host = new Host(createEngine({ ...first, horizon }));
        let from = Number.NEGATIVE_INFINITY;
        for (const [k, { standard, until }] of stretches.entries()) {
          if (k > 0) {
            host.restart({ standard, estates: [estate], horizon, earlier: earlier.slice(0, k) });
          }
          for (const r of readings) if (r.at >= from && r.at < until) host.accept([r]);
          host.engine.advance('g', Math.min(until - 1, t0 + 150 * minute));
          host.drain();
          from = until;
        }
        expect(standing(host)).toEqual(standing(known));
      }),
      { numRuns: runs },
    );
  });
});

describe('the conditions of a subject', () => {
  it('are those of the rules in force when time has come to the change', () => {
    const cold = testRule({ id: 'cold', when: { metric: 'temp_c', below: 20 } });
    const given = options(version('v1', high(8)), version('v2', cold));
    const rules = (host: Host) => host.engine.conditions('e/pool').map(({ rule }) => rule);
    expect(rules(judge(given, [at(50, 8.5), at(70, 9)], 100))).toEqual(['cold']);
    expect(rules(judge(given, [at(50, 8.5)], 59))).toEqual(['high']);
  });

  it('name a rule once when it has changed its shape', () => {
    const mean = testRule({
      id: 'high',
      when: { metric: 'ph', over: 'max', window: minute, above: 8 },
    });
    const given = options(version('v1', high(8)), version('v2', mean));
    const phases = (to: number, ...readings: Reading[]) =>
      judge(given, readings, to)
        .engine.conditions('e/pool')
        .map(({ rule, phase }) => [rule, phase]);
    expect(phases(100, at(50, 8.5), at(70, 9))).toEqual([['high', 'breach']]);
    expect(phases(59, at(50, 8.5))).toEqual([['high', 'breach']]);
  });
});
