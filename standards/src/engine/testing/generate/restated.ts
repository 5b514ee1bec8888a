import fc from 'fast-check';
import type { Rule } from '../../../rules/clause.ts';
import type { EngineOptions, Restatement } from '../../index.ts';
import { testStandard } from '../fixture.ts';
import type { Host } from '../host.ts';
import { arriving, inFrames } from './arrival.ts';
import {
  changingScenario,
  language,
  longHorizon,
  type Scenario,
  start,
  type World,
  worldOf,
} from './scenario.ts';
import { type Change, changed, changeOf, limitsOf } from './versions.ts';

/**
 * A world whose standard changes on the way, and another belief about it from some change on: that nothing changed
 * then, or later, or something else. Silence limits stay: nothing restates them.
 */
export const restatedScenario = changingScenario
  .map(
    (given): Scenario => ({
      ...given,
      horizon: longHorizon,
      changes: given.changes.map((change) => ({ ...change, silentAfter: undefined })),
    }),
  )
  .chain((given) =>
    fc.record({
      given: fc.constant(given),
      /** Which change is learnt of too late. */
      which: fc.nat({ max: 1 }),
      /** How many of the readings came before that. */
      share: fc.constantFrom(0.3, 0.6, 0.9, 1),
      /** What was believed to change in its place, and how many units later. */
      instead: fc.option(
        fc.record({
          later: fc.nat({ max: 20 }),
          changes: fc.tuple(changeOf(given.unit, language), changeOf(given.unit, language)),
        }),
      ),
    }),
  );
export type Restated = typeof restatedScenario extends fc.Arbitrary<infer T> ? T : never;

/** What was believed, what holds, and what a host is told when it learns of it. */
export function beliefOf({ given, which, instead }: Restated): {
  readonly before: EngineOptions;
  readonly world: World;
  readonly restatement: Restatement;
} {
  const world = worldOf(given);
  const { versions, options } = world;
  const earlier = options.earlier ?? [];
  const k = Math.min(which, earlier.length - 1);
  const from = earlier[k]?.until ?? 0;
  const { standard, estates } = earlier[k] ?? options;
  const then = { standard, estates };
  const known = earlier.slice(0, k);
  const later = versions.slice(k);
  const contents = [...later.map((version) => version.rules)];
  const shown = [...later.map((version) => version.limits)];
  let before: EngineOptions = { ...options, ...then, earlier: known };
  if (instead !== null) {
    const rules = (versions[k]?.rules ?? []).map((rule, j) =>
      changed(rule, instead.changes[j] as Change, `r${j}`),
    );
    contents.push(rules);
    shown.push(limitsOf(rules, undefined));
    before = {
      ...options,
      standard: { ...testStandard(rules.filter((rule) => rule !== undefined)), version: 'w' },
      estates: estates.map((estate) => withoutLimits(estate)),
      earlier: [...known, { ...then, until: from + instead.later * given.unit }],
    };
  }
  return {
    before,
    world,
    restatement: { from, rules: concerned(contents, shown), subjects: null },
  };
}

/** Rules that do not read the same in all of these. */
function concerned(
  contents: readonly (readonly (Rule | undefined)[])[],
  limits: readonly World['versions'][number]['limits'][],
): Set<string> {
  const ids = Array.from({ length: Math.max(...contents.map((c) => c.length)) }, (_, j) => j);
  const spell = (j: number) => (rules: readonly (Rule | undefined)[], v: number) =>
    JSON.stringify([
      rules[j] ?? null,
      Object.entries(limits[v] ?? {})
        .map(([point, own]) => [point, own[`r${j}`] ?? null])
        .filter(([, own]) => own !== null)
        .sort(),
    ]);
  const differ = ids.filter((j) => new Set(contents.map(spell(j))).size > 1);
  return new Set(differ.map((j) => `r${j}`));
}

function withoutLimits(estate: EngineOptions['estates'][number]): EngineOptions['estates'][number] {
  const assets = estate.assets.map((asset) => ({
    ...asset,
    points: asset.points.map((point) => ({ ...point, limits: {} })),
  }));
  return { ...estate, assets };
}

/** Readings as they arrive before and after the restatement. */
export function parted({ given, share }: Restated, world: World) {
  const repeated = given.repeats.flatMap((k) => world.readings[k % world.readings.length] ?? []);
  const arrival = arriving(given, [...world.readings, ...repeated]);
  const cut = Math.ceil(arrival.length * share);
  return [arrival.slice(0, cut), arrival.slice(cut)].map((part) => inFrames(part, given.frames));
}

/** Hands a part of the readings to a host, with time and restarts between. */
export function hand(
  host: Host,
  frames: readonly (readonly World['readings'][number][])[],
  { given }: Restated,
  options: EngineOptions,
  { ends }: World,
): void {
  for (const [k, frame] of frames.entries()) {
    host.accept(frame);
    const step = given.advances[k % given.advances.length];
    if (step !== null && step !== undefined) {
      host.engine.advance(
        step.gateway,
        Math.min(ends[step.gateway], start + step.units * given.unit),
      );
      host.drain();
    }
    if (given.restarts[k % given.restarts.length]) host.restart(options);
  }
}
