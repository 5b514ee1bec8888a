import type { Reading } from '@caretaker/readings';
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
import { type ReferenceSaid, referenceEpisodes } from './testing/reference.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Midnight in UTC, so that buckets of hours and days begin here. */
const t0 = Date.UTC(2026, 2, 10);

type Step = readonly [minute: number, value: number | boolean | string];

interface Case {
  readonly it: string;
  readonly rule: Omit<Parameters<typeof testRule>[0], 'id'>;
  readonly metric?: string;
  readonly series: readonly Step[];
  readonly until: number;
  /** Minutes. */
  readonly silentAfter?: number;
  /** Onset, detected and end in minutes, the worst value, and the severity where it is not medium. */
  readonly expected: readonly (readonly [
    number,
    number,
    number | null,
    unknown,
    severity?: string,
  ])[];
}

const every = (from: number, to: number, step: number, value: Step[1]): Step[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, k) => [from + k * step, value]);

const cases: readonly Case[] = [
  {
    it: 'takes the range of a window open at its old end',
    rule: { when: { metric: 'floor', over: 'range', window: 3 * minute, atLeast: 4 } },
    series: [
      [0, 5],
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 1],
    ],
    until: 10,
    // 5 at 0 lies outside from 3 on: {1, 2, 2}.
    expected: [[1, 1, 3, 4]],
  },
  {
    it: 'takes the rise from the lowest of the window, and the fall from its highest',
    rule: {
      when: {
        any: [
          { metric: 'floor', over: 'rise', window: 10 * minute, above: 6 },
          { metric: 'floor', over: 'fall', window: 10 * minute, above: 6 },
        ],
      },
    },
    series: [
      [0, 10],
      [1, 4],
      [2, 11],
      [3, 4],
      [4, 9],
    ],
    until: 10,
    // Rises 0, 0, 7, 0, 5; falls 0, 6, 0, 7, 2. The worst is the greatest rise.
    expected: [[2, 2, 4, 7]],
  },
  {
    it: 'takes the rate per hour between the oldest and the newest, unknown of one reading',
    rule: { when: { metric: 'floor', over: 'rate', window: 20 * minute, below: -10 } },
    series: [
      [0, 50],
      [30, 40],
      [45, 37],
      [60, 30],
    ],
    until: 70,
    // Alone at 30; −3 in a quarter of an hour is −12 per hour; then −7 in a quarter is −28.
    expected: [[45, 45, null, -28]],
  },
  {
    it: 'takes a percentile by nearest rank',
    rule: {
      when: { metric: 'floor', over: 'percentile', percentile: 75, window: hour, above: 7 },
    },
    series: [
      [0, 9],
      [1, 1],
      [2, 2],
      [3, 8],
      [4, 3],
    ],
    until: 10,
    // Ranks 1, 2, 3, 3 and 4: 9, 9, 9, then 8 of {1, 2, 8, 9}, then 8 of {1, 2, 3, 8, 9}.
    expected: [[0, 0, null, 9]],
  },
  {
    it: 'counts changes against the reading before, whichever window that lies in',
    rule: { when: { metric: 'mode', changed: true, count: { least: 2, within: 10 * minute } } },
    metric: 'mode',
    series: [
      [0, 'normal'],
      [20, 'stopped'],
      [21, 'stopped'],
      [25, 'normal'],
      [32, 'normal'],
    ],
    until: 40,
    expected: [[25, 25, 32, 'normal']],
  },
  {
    it: 'misses what did not come for so long, at that very instant and by time alone',
    rule: { when: { metric: 'mode', is: 'normal', absent: 10 * minute } },
    metric: 'mode',
    series: [
      [0, 'normal'],
      [4, 'stopped'],
      [20, 'normal'],
    ],
    until: 40,
    expected: [
      [10, 10, 20, 'stopped'],
      [30, 30, null, 'normal'],
    ],
  },
  {
    it: 'counts an absence from the first reading before any satisfied it',
    rule: { when: { metric: 'mode', changed: true, absent: 10 * minute } },
    metric: 'mode',
    series: every(3, 12, 3, 'normal'),
    until: 12.9,
    expected: [],
  },
  {
    it: 'says an absence no more than it says a value while the point is silent',
    rule: { when: { metric: 'mode', is: 'normal', absent: 10 * minute } },
    metric: 'mode',
    silentAfter: 5,
    series: [
      [0, 'normal'],
      [30, 'stopped'],
    ],
    until: 60,
    expected: [[30, 30, null, 'stopped']],
  },
  {
    it: 'weighs a share by time, not by readings, and only by time that is known',
    rule: {
      when: {
        metric: 'trapped',
        is: true,
        share: { window: 60 * minute, atLeast: 0.75, clear: 0.5 },
      },
    },
    metric: 'trapped',
    silentAfter: 20,
    series: [
      [0, true],
      [10, false],
      [20, true],
      [40, true],
      [45, false],
      [96, false],
    ],
    until: 100,
    // Held of known: 10 of 10, 10 of 20, 30 of 40, 35 of 45. At 96 of (36, 96] only 29 minutes are known.
    expected: [[40, 40, null, 35 / 45]],
  },
  {
    it: 'opens on a part of the last readings, unknown before there are enough',
    rule: { when: { metric: 'floor', above: 1, count: { share: 0.5, of: 4, clearShare: 0.3 } } },
    series: [
      [0, 2],
      [1, 2],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 0],
    ],
    until: 10,
    // Of four: 2 at 3, 1 (0.25) at 4.
    expected: [[3, 3, 4, 0]],
  },
  {
    it: 'holds a mean against the median of the days before',
    rule: {
      when: {
        metric: 'floor',
        over: 'mean',
        window: hour,
        baseline: { bucket: day, of: 3, minimum: 2, figure: 'median', by: 'ratio' },
        below: 0.75,
        clear: 0.875,
      },
    },
    series: [
      ...every(0, 1_380, 60, 8),
      ...every(1_440, 2_820, 60, 16),
      ...every(2_880, 4_260, 60, 4),
      [4_320, 4],
      [4_380, 8],
    ],
    until: 4_400,
    // Third day: 4 against (8 + 16) / 2. Fourth: 4, then 8, against the median 8 of 8, 16 and 4.
    expected: [[2_880, 2_880, 4_380, 1 / 3]],
  },
  {
    it: 'holds a value against the same hour of the days before',
    rule: {
      when: {
        metric: 'floor',
        baseline: { bucket: hour, every: day, of: 2, figure: 'mean', by: 'difference' },
        above: 3,
      },
    },
    series: [
      [0, 20],
      [30, 22],
      [120, 50],
      [1_440, 24],
      [1_499, 25],
      [1_500, 99],
    ],
    until: 2_000,
    // 24 − 21 is not above 3, 25 − 21 is; the next hour has no past: unknown, and nothing ends.
    expected: [[1_499, 1_499, null, 4]],
  },
  {
    it: 'grows more severe by size and by age',
    rule: {
      when: { metric: 'floor', above: 3 },
      severity: 'low',
      steps: [
        { severity: 'high', above: 10 },
        { severity: 'medium', after: 30 * minute },
      ],
    },
    series: [
      [0, 4],
      [29, 0],
      [40, 10],
      [70, 0],
      [80, 11],
      [81, 0],
    ],
    until: 90,
    expected: [
      [0, 0, 29, 4, 'low'],
      [40, 40, 70, 10],
      [80, 80, 81, 11, 'high'],
    ],
  },
  {
    it: 'folds what begins again soon after its end',
    rule: { when: { metric: 'floor', above: 3 }, fold: 10 * minute },
    series: [
      [0, 4],
      [5, 0],
      [15, 6],
      [16, 0],
      [20, 5],
      [21, 0],
      [31.01, 9],
    ],
    until: 40,
    expected: [
      [0, 0, 21, 6],
      [31.01, 31.01, null, 9],
    ],
  },
];

const inMinutes = (time: number | null) => (time === null ? null : (time - t0) / minute);
const shown = (e: Episode | ReferenceSaid) => [
  inMinutes(e.onset),
  inMinutes(e.detected),
  inMinutes(e.end),
  e.worst,
  ...(e.severity === 'medium' ? [] : [e.severity]),
];

function pointOf({ metric = 'floor', silentAfter }: Case) {
  return testPoint('a', metric, silentAfter === undefined ? null : silentAfter * minute);
}

function readingsOf(given: Case): Reading[] {
  const { id } = pointOf(given);
  return given.series.map(([at, value]) => reading(id, t0 + at * minute, value));
}

const ruleOf = (given: Case): Rule => testRule({ id: 'r', kind: 'lift', ...given.rule });

describe('the engine', () => {
  it.each(cases)('$it', (given) => {
    const estates = [testEstate([testAsset('a', 'lift', [pointOf(given)])])];
    const standard = testStandard([ruleOf(given)]);
    const engine = createEngine({ standard, estates, horizon: 35 * day });
    const episodes = judgeAll(engine, readingsOf(given), ['g', t0 + given.until * minute]);
    expect(episodes.filter((e) => e.rule === 'r').map(shown)).toEqual(given.expected);
  });
});

describe('the reference', () => {
  const calendar = { at: () => true, edges: () => [] };
  it.each(cases)('$it', (given) => {
    const { metric, silentAfter } = pointOf(given);
    const points = [{ metric, silentAfter, readings: readingsOf(given) }];
    const end = t0 + given.until * minute;
    const episodes = referenceEpisodes(ruleOf(given), points, calendar, end);
    expect(episodes.map(shown)).toEqual(given.expected);
  });
});
