import { kinds } from '@caretaker/devices/kinds';
import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { ruleOf, type Standard } from '../catalogue/standard.ts';
import { createEngine, type EngineOptions, type Episode } from '../engine/index.ts';
import type { Rule } from '../rules/clause.ts';
import type { RuleTest } from './load.ts';
import { type Expectation, expectations } from './schema.ts';
import { formatOffset } from './series.ts';

const minute = 60_000;
const horizon = 35 * 24 * 60 * minute;
const name = { en: 'test', zh: '测试' };
const usualHours = {
  pool: '06:00-22:00',
  'service-centre': '08:30-18:00',
  clubhouse: '08:30-18:00',
};
/** Where the sun and the hours of a test are: Hangzhou, on a working day in May. */
const place = { zone: 'Asia/Shanghai', location: { latitude: 30.25, longitude: 120.17 } };
const usualDate = '2026-05-12';

export interface TestResult {
  readonly test: RuleTest;
  readonly passed: boolean;
  /** What was found instead, in words; empty when it passed. */
  readonly message: string;
  /** Episodes of the rule, times as milliseconds from the start of the test. */
  readonly found: readonly Episode[];
}

/** A rule without a test that opens, one that must not open, or one that clears. */
export interface Untested {
  readonly rule: string;
  readonly lacks: readonly Expectation[];
}

type GrowingEstate = Estate & { assets: Asset[] };

/** Runs the tests, all of one rule in one engine, by the very code that judges an estate. */
export function runTests(standard: Standard, tests: readonly RuleTest[]): TestResult[] {
  const byRule = Map.groupBy(tests, (test) => test.rule);
  return [...byRule].flatMap(([id, own]) => {
    const rule = ruleOf(standard, id);
    return rule === undefined ? [] : runRule(standard, rule, own);
  });
}

/** The same for one rule, which need not be in the standard as it stands there. */
export function runRule(standard: Standard, rule: Rule, tests: readonly RuleTest[]): TestResult[] {
  const episodes = judge(standard, rule, tests);
  return tests.map((test, k) => {
    const found = episodes[k] ?? [];
    const message = verdict(test, found);
    return { test, passed: message === '', message, found };
  });
}

/** Rules of the standard that lack a test they need. */
export function untested(standard: Standard, tests: readonly RuleTest[]): Untested[] {
  const needed = expectations.filter((expectation) => expectation !== 'staysOpen');
  const has = new Set(tests.map((test) => `${test.rule} ${test.expectation}`));
  return standard.items
    .flatMap((item) => item.rules)
    .filter((rule) => rule.builtin === undefined)
    .map(({ id }) => ({ rule: id, lacks: needed.filter((e) => !has.has(`${id} ${e}`)) }))
    .filter(({ lacks }) => lacks.length > 0);
}

/** Tests of one rule as one small world: each test an asset of its own, behind a gateway of its own. */
export interface World {
  readonly options: EngineOptions;
  /** By time. */
  readonly readings: readonly Reading[];
  /** How far the time of each gateway comes. */
  readonly until: readonly (readonly [gateway: string, time: number])[];
  /** Episodes of each test, times as milliseconds from its start. */
  of(episodes: readonly Episode[]): Episode[][];
}

/** What an engine needs to judge the tests. */
export function worldOf(standard: Standard, rule: Rule, tests: readonly RuleTest[]): World {
  const estates = new Map<string, GrowingEstate>();
  const readings: Reading[] = [];
  const placed = tests.map((test, k) => {
    const estate = estateOf(test, estates);
    estate.assets.push(...assetsOf(estate.id, rule, test, k));
    const start = startOf(test);
    for (const [key, steps] of Object.entries(test.readings)) {
      const point = pointId(estate.id, k, key);
      for (const { at, value } of steps) {
        const time = start + at;
        readings.push({ point, at: time, received: time, value, stamped: true, history: false });
      }
    }
    return { subject: `${estate.id}/t${k}`, start, until: [`g${k}`, start + test.until] as const };
  });
  return {
    options: { standard: only(standard, rule), estates: [...estates.values()], horizon },
    readings: readings.sort((a, b) => a.at - b.at),
    until: placed.map(({ until }) => until),
    of: (episodes) => {
      const found = Map.groupBy(episodes, (episode) => episode.subject);
      return placed.map(({ subject, start }) =>
        (found.get(subject) ?? []).map((episode) => ({
          ...episode,
          onset: episode.onset - start,
          detected: episode.detected - start,
          end: episode.end === null ? null : episode.end - start,
        })),
      );
    },
  };
}

/** The episodes of each test, times as offsets from its start. */
function judge(standard: Standard, rule: Rule, tests: readonly RuleTest[]): Episode[][] {
  const world = worldOf(standard, rule, tests);
  const engine = createEngine(world.options);
  engine.accept(world.readings);
  for (const [gateway, time] of world.until) engine.advance(gateway, time);
  return world.of(engine.episodes());
}

/** The standard with this rule alone, so that an engine of it is made at once. */
function only(standard: Standard, rule: Rule): Standard {
  const item = standard.items.find((candidate) => candidate.id === rule.item);
  return { ...standard, items: item === undefined ? [] : [{ ...item, rules: [rule] }] };
}

function startOf({ setting }: RuleTest): number {
  const given = setting.start ?? '12:00';
  const local = given.includes(' ') ? given.replace(' ', 'T') : `${usualDate}T${given}`;
  return Date.parse(`${local}:00+08:00`);
}

function estateOf(test: RuleTest, estates: Map<string, GrowingEstate>): GrowingEstate {
  const { calendars = {}, holidays = [] } = test.setting;
  const key = JSON.stringify([calendars, holidays]);
  const known = estates.get(key);
  if (known !== undefined) return known;
  const estate: GrowingEstate = {
    id: `e${estates.size}`,
    name,
    ...place,
    gateway: 'g',
    calendars: { ...usualHours, ...calendars },
    holidays,
    assets: [],
    mappings: [],
    actions: [],
    demo: true,
  };
  estates.set(key, estate);
  return estate;
}

/** The asset under test and those it is related to, all behind a gateway of their own. */
function assetsOf(estate: string, rule: Rule, test: RuleTest, k: number): Asset[] {
  const { relations = {}, others = {}, attributes = {} } = test.setting;
  const keys = Object.keys(test.readings);
  const asset = (id: string, kind: string, own: readonly string[]): Asset => ({
    id,
    estate,
    name,
    kind,
    touchpoint: test.touchpoint,
    place: name,
    gateway: `g${k}`,
    attributes: {},
    relations: {},
    points: own.map((key) => pointOf(kind, pointId(estate, k, key))),
    demo: true,
  });
  const main = asset(
    `t${k}`,
    rule.kind,
    keys.filter((key) => !key.includes('/')),
  );
  const related = Object.entries(relations).map(([relation, ids]): [string, string[]] => [
    relation,
    ids.map((id) => `t${k}-${id}`),
  ]);
  return [
    { ...main, attributes, relations: Object.fromEntries(related) },
    ...Object.entries(others).map(([id, kind]) =>
      asset(
        `t${k}-${id}`,
        kind,
        keys.filter((key) => key.startsWith(`${id}/`)),
      ),
    ),
  ];
}

function pointId(estate: string, k: number, key: string): string {
  const [metric = '', other] = key.split('/').toReversed();
  return `${estate}/t${k}${other === undefined ? '' : `-${other}`}/${metric}`;
}

function pointOf(kind: string, id: string): Point {
  const metric = id.split('/').at(-1) ?? '';
  const { cadence, silentAfter } = kinds[kind]?.metrics[metric] ?? {};
  const usual = cadence === undefined ? null : Math.max(3 * cadence, 30 * minute);
  return {
    id,
    metric,
    cadence: cadence ?? null,
    silentAfter: silentAfter ?? usual,
    history: 'store',
    limits: {},
  };
}

/** What is wrong, in words; empty when all is as expected. */
function verdict(test: RuleTest, found: readonly Episode[]): string {
  if (test.episodes !== null) return exactly(test.episodes, found);
  const standing = found.filter((episode) => episode.end === null).length;
  const fits =
    test.expectation === 'neverOpens'
      ? found.length === 0
      : found.length === 1 && standing === (test.expectation === 'clears' ? 0 : 1);
  return fits ? '' : `${wanted[test.expectation]}, but ${listed(found)}`;
}

const wanted: Readonly<Record<Expectation, string>> = {
  opens: 'one episode should stand',
  neverOpens: 'nothing should open',
  staysOpen: 'one episode should stand',
  clears: 'one episode should have ended',
};

function exactly(expected: NonNullable<RuleTest['episodes']>, found: readonly Episode[]): string {
  const ordered = found.toSorted((a, b) => a.onset - b.onset);
  const same =
    expected.length === ordered.length &&
    expected.every((given, k) => {
      const episode = ordered[k];
      return (
        episode !== undefined &&
        given.onset === episode.onset &&
        given.end === episode.end &&
        (given.detected ?? episode.detected) === episode.detected &&
        (given.worst ?? episode.worst) === episode.worst &&
        (given.severity ?? episode.severity) === episode.severity
      );
    });
  if (same) return '';
  return `should find ${listed(expected)}, but ${listed(ordered)}`;
}

type Listed = Pick<Episode, 'onset' | 'end'> & {
  readonly detected?: number | undefined;
  readonly worst?: Episode['worst'] | undefined;
  readonly severity?: Episode['severity'] | undefined;
};

function listed(episodes: readonly Listed[]): string {
  if (episodes.length === 0) return 'no episode';
  return episodes
    .map(({ onset, end, detected, worst, severity }) =>
      [
        `one from ${formatOffset(onset)} ${end === null ? 'that stands' : `to ${formatOffset(end)}`}`,
        detected === undefined ? [] : `detected ${formatOffset(detected)}`,
        worst === undefined || worst === null ? [] : `worst ${worst}`,
        severity === undefined ? [] : severity,
      ]
        .flat()
        .join(', '),
    )
    .join('; ');
}
