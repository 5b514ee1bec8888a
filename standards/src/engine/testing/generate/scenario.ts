import type { Asset, Estate } from '@caretaker/devices/model';
import type { Reading, ReadingValue } from '@caretaker/readings';
import fc from 'fast-check';
import type { Rule } from '../../../rules/clause.ts';
import type { EngineOptions } from '../../index.ts';
import { reading, testAsset, testEstate, testPoint, testStandard } from '../fixture.ts';
import {
  type Covered,
  type Form,
  forms,
  metrics,
  metricsOf,
  rarely,
  ruleOf,
  sound,
  states,
  units,
} from './rules.ts';
import { type Change, changed, changeOf, limitsOf, ownLimits } from './versions.ts';

export const start = Date.UTC(2026, 2, 10, 4);
const day = 86_400_000;
/** So long that no reading of a scenario is too old. */
export const longHorizon = 35 * day;
const assets = ['a', 'b', 'c'] as const;
/** Two gateways, so that some relations lead over both. */
const gateways = { a: 'g1', b: 'g2', c: 'g1' } as const;

/** One reading: of which point, how many units after the one before, its value, how late the gateway has it. */
const raw = fc.record({
  point: fc.nat({ max: 1_000 }),
  gap: fc.constantFrom(0, 1, 1, 1, 2, 3, 12),
  eighths: fc.integer({ min: 0, max: 32 }),
  lag: fc.constantFrom(0, 0, 1, 50, 90, 4_000).map((n) => n * 1_000),
  history: fc.constantFrom(false, false, true),
});
const others = (own: string) => fc.subarray(assets.filter((a) => a !== own));

/** Of each metric. */
function silenceLimits(unit: number) {
  return fc.tuple(...metrics.map(() => fc.constantFrom(null, 3, 15, 60).map((n) => n && n * unit)));
}

function scenarioIn(unit: number, covered: Covered, versions: boolean) {
  return fc.record({
    unit: fc.constant(unit),
    rules: fc.array(ruleOf(unit, covered), { minLength: 1, maxLength: 2 }),
    /** At which unit of time each earlier version of the standard ended, and what then changed. */
    changes: fc.array(
      fc.record({
        at: fc.nat({ max: 60 }),
        own: ownLimits(unit),
        changes: fc.tuple(changeOf(unit, covered), changeOf(unit, covered)),
        silentAfter: fc.option(silenceLimits(unit), { nil: undefined, freq: 2 }),
      }),
      versions ? { minLength: 1, maxLength: 2 } : { maxLength: 0 },
    ),
    own: versions ? ownLimits(unit) : fc.constant(undefined),
    related: fc.record({
      a: fc.record({ near: others('a'), vouch: others('a') }),
      b: fc.record({ near: others('b'), vouch: others('b') }),
    }),
    silentAfter: silenceLimits(unit),
    horizon: fc.constantFrom(longHorizon, longHorizon, longHorizon, 3 * day, day, 60_000),
    /** Metrics judged at any age. */
    ageless: rarely(fc.subarray([...metrics], { minLength: 1, maxLength: 2 })),
    raws: fc.array(raw, { minLength: 12, maxLength: 60, size: 'max' }),
    after: fc.record({
      g1: fc.constantFrom(0, 1, 30, 600).map((n) => n * unit),
      g2: fc.constantFrom(0, 1, 30, 600).map((n) => n * unit),
    }),
    arrival: fc.constantFrom('in order', 'metrics apart', 'stragglers', 'shuffled'),
    order: fc.array(fc.nat({ max: 1_000 }), { minLength: 50, maxLength: 50 }),
    frames: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 50, maxLength: 50 }),
    repeats: fc.array(fc.nat({ max: 60 }), { maxLength: 12 }),
    advances: fc.array(
      fc.option(fc.record({ gateway: fc.constantFrom('g1', 'g2'), units: fc.nat({ max: 90 }) })),
      { minLength: 8, maxLength: 8 },
    ),
    ways: fc.record({
      columns: fc.boolean(),
      ahead: fc.constantFrom(0, 1, 2, 9),
      part: fc.constantFrom(1, 5, 1_000),
      drain: fc.constantFrom(1, 3, 1_000),
      snapshotParts: fc.boolean(),
    }),
    restarts: fc.array(fc.constantFrom(false, false, false, false, true), {
      minLength: 8,
      maxLength: 8,
    }),
  });
}

/** Random rules, three related assets behind two gateways, and their readings. */
function scenarioOf(covered: Covered, versions = false) {
  return fc
    .constantFrom(...units)
    .chain((unit) => scenarioIn(unit, covered, versions))
    .map((given) => ({
      ...given,
      rules: given.rules.map((r, k): Rule => ({ ...r, id: `r${k}` })),
    }));
}

export const language: Covered = {
  forms: Object.keys(forms) as Form[],
  changes: true,
  relations: true,
};
export const scenario = scenarioOf(language);
/** The same with one or two changes of the standard and of the estate's own limits on the way. */
export const changingScenario = scenarioOf(language, true);
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** One version of the standard: its rules, and until when it is in force. */
export interface Version {
  readonly version: string;
  readonly rules: readonly (Rule | undefined)[];
  /** Limits that the estate sets, by point and rule. */
  readonly limits: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
  >;
  /** Silence limits that the estate gives its points, by metric. */
  readonly silentAfter: readonly (number | null)[];
  readonly until: number;
}

export interface World {
  readonly estate: Estate;
  /** In order of time. */
  readonly readings: readonly Reading[];
  readonly versions: readonly Version[];
  readonly options: EngineOptions;
  /** Up to when each gateway says in the end that it has sent all. */
  readonly ends: Readonly<Record<'g1' | 'g2', number>>;
}

export function worldOf(given: Scenario): World {
  const readings = readingsOf(given);
  const versions = versionsOf(given, Math.max(...readings.map((r) => r.at)));
  const last = versions.at(-1) as Version;
  const standard = (v: Version) => ({
    ...testStandard(v.rules.filter((r) => r !== undefined)),
    version: v.version,
  });
  const received = Math.max(...readings.map((r) => r.received)) + 10_000;
  return {
    estate: estateOf(given, last),
    readings,
    versions,
    options: {
      standard: standard(last),
      estates: [estateOf(given, last)],
      horizon: given.horizon,
      earlier: versions
        .slice(0, -1)
        .map((v) => ({ standard: standard(v), estates: [estateOf(given, v)], until: v.until })),
    },
    ends: { g1: received + given.after.g1, g2: received + given.after.g2 },
  };
}

function estateOf({ related, ageless = [] }: Scenario, { limits, silentAfter }: Version): Estate {
  const asset = (id: (typeof assets)[number]): Asset => ({
    ...testAsset(
      id,
      'lift',
      metrics
        .filter((m) => id !== 'c' || m !== 'mode')
        .map((m) => testPoint(id, m, silentAfter[metrics.indexOf(m)] ?? null))
        .map((point) => ({
          ...point,
          limits: limits[point.id] ?? {},
          history: ageless.some((m) => m === point.metric) ? 'judge' : 'store',
        })),
    ),
    gateway: gateways[id],
    relations: id === 'c' ? {} : withoutEmpty(related[id]),
  });
  return testEstate(assets.map(asset), { gateway: 'g1', holidays: ['2026-03-11'] });
}

function withoutEmpty(lists: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

/** Mostly of the points that the rules look at, so that something happens. */
function readingsOf({ rules, changes, unit, raws }: Scenario): Reading[] {
  const all = [
    ...rules,
    ...changes.flatMap((c) => c.changes.flatMap((x) => (x.type === 'other' ? x.rule : []))),
  ];
  const used = all.flatMap(metricsOf);
  const pool = [...used, ...used].flatMap((m) => ['a', 'b', 'a', 'c'].map((id) => `e/${id}/${m}`));
  pool.push(...metrics.map((m) => `e/a/${m}`));
  const readings = new Map<string, Reading>();
  let at = start;
  for (const { point, gap, eighths, lag, history } of raws) {
    at += gap * unit;
    const id = pool[point % pool.length] ?? '';
    const key = `${id} ${at}`;
    if (readings.has(key)) continue;
    readings.set(key, reading(id, at, valueFor(id, eighths), { received: at + lag, history }));
  }
  return [...readings.values()];
}

function valueFor(point: string, eighths: number): ReadingValue {
  if (point.endsWith('/mode')) return states[eighths % states.length] ?? 'normal';
  if (point.endsWith('/trapped')) return eighths % 2 === 0;
  if (point.endsWith(`/${sound}`)) return (eighths % 5) * 10;
  return eighths / 8;
}

/** Every change falls into the time of the readings or shortly after. */
function versionsOf(given: Scenario, newest: number): Version[] {
  const { rules, changes, own, unit } = given;
  const span = Math.floor((newest - start) / unit) + 2;
  const ats = [...new Set(changes.map((c) => c.at % span))].sort((a, b) => a - b);
  const versions: Version[] = [];
  let now: readonly (Rule | undefined)[] = rules;
  let limits = limitsOf(now, own);
  let { silentAfter } = given;
  for (const [k, n] of ats.entries()) {
    versions.push({ version: `v${k}`, rules: now, limits, silentAfter, until: start + n * unit });
    const by = changes[k]?.changes as readonly Change[];
    now = now.map((rule, j) => changed(rule, by[j] ?? { type: 'same' }, `r${j}`));
    limits = limitsOf(now, changes[k]?.own);
    silentAfter = changes[k]?.silentAfter ?? silentAfter;
  }
  const until = Number.POSITIVE_INFINITY;
  versions.push({ version: `v${ats.length}`, rules: now, limits, silentAfter, until });
  return versions;
}
