import { describe, expect, it } from 'vitest';
import type { Rule } from '../rules/clause.ts';
import { createEngine, type Episode } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { judgeAll } from './testing/host.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 10, 4);

type Step = readonly [minute: number, value: number | boolean | string];

interface Case {
  readonly it: string;
  readonly rule: Omit<Parameters<typeof testRule>[0], 'id'>;
  /** By metric: minutes and values. */
  readonly series: Readonly<Record<string, readonly Step[]>>;
  readonly until: number;
  /** Silence limits in minutes; none by default. */
  readonly silentAfter?: Readonly<Record<string, number>>;
  /** Onset, detected and end in minutes, and the worst value. */
  readonly expected: readonly (readonly [number, number, number | null, unknown])[];
}

function engineOf(rule: Rule, metrics: readonly string[], silentAfter: Case['silentAfter'] = {}) {
  const points = metrics.map((metric) => {
    const limit = silentAfter[metric];
    return testPoint('a', metric, limit === undefined ? null : limit * minute);
  });
  const estates = [testEstate([testAsset('a', 'pool', points)])];
  return createEngine({ standard: testStandard([rule]), estates, horizon: 35 * 24 * 60 * minute });
}

const inMinutes = (time: number | null) => (time === null ? null : (time - t0) / minute);

function run({ rule, series, until, silentAfter }: Case): Episode[] {
  const engine = engineOf(testRule({ id: 'r', ...rule }), Object.keys(series), silentAfter);
  const readings = Object.entries(series).flatMap(([metric, steps]) =>
    steps.map(([at, value]) => reading(`e/a/${metric}`, t0 + at * minute, value)),
  );
  const episodes = judgeAll(engine, readings, ['g', t0 + until * minute]);
  return episodes.filter((episode) => episode.rule === 'r');
}

const above: Rule['when'] = { metric: 'ph', above: 8 };
const cases: readonly Case[] = [
  {
    it: 'opens at once without a hold and ends with the first good reading',
    rule: { when: above },
    series: {
      ph: [
        [0, 7],
        [1, 8],
        [2, 8.5],
        [3, 9],
        [4, 8],
      ],
    },
    until: 10,
    expected: [[2, 2, 4, 9]],
  },
  {
    it: 'opens when the hold is over, by time alone, with the onset of the first breach',
    rule: { when: above, for: 10 * minute },
    series: { ph: [[0, 9]] },
    until: 10,
    expected: [[0, 10, null, 9]],
  },
  {
    it: 'does not open one millisecond early',
    rule: { when: above, for: 10 * minute + 1 },
    series: { ph: [[0, 9]] },
    until: 10,
    expected: [],
  },
  {
    it: 'does not open when the reading of the very deadline is good: the hold is a closed interval',
    rule: { when: above, for: 10 * minute },
    series: {
      ph: [
        [0, 9],
        [10, 7],
      ],
    },
    until: 30,
    expected: [],
  },
  {
    it: 'opens when the reading of the very deadline still breaches',
    rule: { when: above, for: 10 * minute },
    series: {
      ph: [
        [0, 9],
        [10, 9],
        [10.5, 7],
      ],
    },
    until: 30,
    expected: [[0, 10, 10.5, 9]],
  },
  {
    it: 'stays open between the limit and the clear limit, and ends strictly below it',
    rule: { when: { metric: 'ph', above: 8, clear: 7.5 } },
    series: {
      ph: [
        [0, 9],
        [1, 7.8],
        [2, 7.5],
        [3, 7.4],
      ],
    },
    until: 10,
    expected: [[0, 0, 3, 9]],
  },
  {
    it: 'does not stay pending between the two limits',
    rule: { when: { metric: 'ph', above: 8, clear: 7.5 }, for: 5 * minute },
    series: {
      ph: [
        [0, 9],
        [2, 7.8],
        [3, 9],
      ],
    },
    until: 7,
    expected: [],
  },
  {
    it: 'ends with the first reading of the clear hold that lasted, not of one that broke',
    rule: { when: above, clearFor: 5 * minute },
    series: {
      ph: [
        [0, 9],
        [1, 7],
        [3, 10],
        [4, 7],
      ],
    },
    until: 9,
    expected: [[0, 0, 4, 10]],
  },
  {
    it: 'stands while the clear hold runs',
    rule: { when: above, clearFor: 5 * minute },
    series: {
      ph: [
        [0, 9],
        [4, 7],
      ],
    },
    until: 8.9,
    expected: [[0, 0, null, 9]],
  },
  {
    it: 'pauses the hold while the value is unknown, and keeps the onset',
    rule: { when: above, for: 10 * minute },
    series: {
      ph: [
        [0, 9],
        [20, 9],
      ],
    },
    silentAfter: { ph: 6 },
    until: 24,
    expected: [[0, 24, null, 9]],
  },
  {
    it: 'never opens on a value that has expired',
    rule: { when: above, for: 10 * minute },
    series: { ph: [[0, 9]] },
    silentAfter: { ph: 10 },
    until: 600,
    expected: [],
  },
  {
    it: 'never ends by silence alone',
    rule: { when: above, clearFor: 10 * minute },
    series: {
      ph: [
        [0, 9],
        [1, 7],
      ],
    },
    silentAfter: { ph: 5 },
    until: 100_000,
    expected: [[0, 0, null, 9]],
  },
  {
    it: 'knows a band with a narrower band to clear',
    rule: { when: { metric: 'ph', outside: [7, 8], clearInside: [7.25, 7.75] } },
    series: {
      ph: [
        [0, 6.5],
        [1, 7.1],
        [2, 9.5],
        [3, 7.8],
        [4, 7.75],
      ],
    },
    until: 10,
    expected: [[0, 0, 4, 9.5]],
  },
  {
    it: 'knows a set of states',
    rule: { when: { metric: 'mode', is: ['stopped', 'fire'] } },
    series: {
      mode: [
        [0, 'normal'],
        [1, 'stopped'],
        [2, 'fire'],
        [3, 'inspection'],
      ],
    },
    until: 10,
    expected: [[1, 1, 3, 'stopped']],
  },
  {
    it: 'opens on k of the last n readings and clears on k of the last m',
    rule: {
      when: { metric: 'ph', above: 8, count: { least: 2, of: 3, clearLeast: 2, clearOf: 2 } },
    },
    series: {
      ph: [
        [0, 9],
        [1, 7],
        [2, 9],
        [3, 7],
        [4, 9],
        [5, 7],
        [6, 7],
      ],
    },
    until: 10,
    expected: [[2, 2, 6, 9]],
  },
  {
    it: 'counts only readings of the window, and only those measured in the calendar',
    rule: {
      when: {
        metric: 'ph',
        above: 8,
        count: { least: 2, within: 60 * minute, during: { hours: '12:00-13:00' } },
      },
    },
    // 04:00 UTC is noon in Shanghai.
    series: {
      ph: [
        [-2, 9],
        [-1, 9],
        [10, 9],
        [20, 9],
        [65, 9],
        [79, 9],
        [81, 9],
      ],
    },
    until: 90,
    expected: [[20, 20, 79, 9]],
  },
  {
    it: 'takes the mean over a window open at its old end, unknown below the least samples',
    rule: {
      when: { metric: 'ph', above: 8, over: 'mean', window: 3 * minute, minSamples: 2 },
    },
    series: {
      ph: [
        [0, 20],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 20],
      ],
    },
    until: 10,
    // Means: unknown, 11, 8.33, 3 (the 20 at 0 lies outside), 9.
    expected: [
      [1, 1, 3, 11],
      [4, 4, null, 9],
    ],
  },
  {
    it: 'takes sound levels by energy',
    rule: { when: { metric: 'ph', above: 57.2, over: 'leq', window: 2 * minute } },
    series: {
      ph: [
        [0, 50],
        [1, 60],
        [2, 50],
        [4, 50],
      ],
    },
    until: 10,
    // 10 log10((10^5 + 10^6) / 2) = 57.4; an arithmetic mean would be 55.
    expected: [[1, 1, 4, 10 * Math.log10((10 ** 5 + 10 ** 6) / 2)]],
  },
  {
    it: 'judges readings of one instant together',
    rule: { when: { all: [above, { not: { metric: 'free_cl', above: 1 } }] } },
    series: {
      ph: [
        [0, 7],
        [5, 9],
      ],
      free_cl: [
        [0, 0],
        [5, 2],
      ],
    },
    until: 30,
    expected: [],
  },
  {
    it: 'resets a pending breach and keeps a standing one while the guard is false',
    rule: { when: above, only: { metric: 'pump', is: true }, for: 5 * minute },
    series: {
      ph: [
        [0, 9],
        [20, 7],
        [40, 7.5],
      ],
      pump: [
        [0, true],
        [4, false],
        [6, true],
        [12, false],
        [30, true],
      ],
    },
    until: 60,
    expected: [[6, 11, 30, 9]],
  },
  {
    it: 'clears by its own condition when it has one',
    rule: { when: above, clearWhen: { metric: 'pump', is: false } },
    series: {
      ph: [
        [0, 9],
        [5, 7],
      ],
      pump: [
        [0, true],
        [8, false],
      ],
    },
    until: 60,
    expected: [[0, 0, 8, 9]],
  },
  {
    it: 'opens and ends at the edges of a calendar',
    rule: { when: { all: [above, { calendar: { hours: '12:30-13:00' } }] }, for: 5 * minute },
    series: { ph: [[0, 9]] },
    until: 120,
    expected: [[30, 35, 60, 9]],
  },
  {
    it: 'knows the truth of "any" with one input unknown',
    rule: { when: { any: [{ metric: 'free_cl', above: 1 }, above] } },
    series: {
      ph: [
        [0, 9],
        [5, 7],
      ],
      free_cl: [[0, 0]],
    },
    silentAfter: { free_cl: 2 },
    until: 60,
    // At 5 one input is good and the other unknown: nothing proves the end.
    expected: [[0, 0, null, 0]],
  },
];

describe('a rule', () => {
  it.each(cases)('$it', (given) => {
    const found = run(given).map((e) => [
      inMinutes(e.onset),
      inMinutes(e.detected),
      inMinutes(e.end),
      e.worst,
    ]);
    expect(found).toEqual(given.expected);
  });
});

describe('three-valued logic', () => {
  const T = 9;
  const F = 7;
  const values: readonly (number | null)[] = [T, F, null];
  const and = (a: number | null, b: number | null) =>
    a === F || b === F ? 'ok' : a === null || b === null ? 'unknown' : 'breach';
  const or = (a: number | null, b: number | null) =>
    a === T || b === T ? 'breach' : a === null || b === null ? 'unknown' : 'ok';

  it.each([
    { op: 'all' as const, truth: and },
    { op: 'any' as const, truth: or },
  ])('$op follows Kleene', ({ op, truth }) => {
    for (const a of values) {
      for (const b of values) {
        const leaves = [above, { metric: 'temp_c', above: 8 }].filter((c) => c !== undefined);
        const rule = testRule({ id: 'r', when: { [op]: leaves } });
        const engine = engineOf(rule, ['ph', 'temp_c']);
        if (a !== null) engine.accept([reading('e/a/ph', t0, a)]);
        if (b !== null) engine.accept([reading('e/a/temp_c', t0, b)]);
        engine.advance('g', t0 + minute);
        const verdict = engine.conditions('e/a').find((c) => c.rule === 'r')?.verdict;
        expect(verdict, `${a} ${op} ${b}`).toBe(truth(a, b));
      }
    }
  });
});
