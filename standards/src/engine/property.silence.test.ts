import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clause } from '../rules/clause.ts';
import type { Episode } from './index.ts';
import { disturbed, finish } from './testing/generate/arrival.ts';
import { bare } from './testing/generate/expected.ts';
import { type Scenario, scenario, worldOf } from './testing/generate/scenario.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);
const long = 60 * 86_400_000;

describe('silence', { timeout: 300_000 + runs * 100 }, () => {
  const timeless = (clause: Clause | undefined): boolean =>
    clause === undefined ||
    (clause.calendar === undefined &&
      clause.absent === undefined &&
      [...(clause.all ?? []), ...(clause.any ?? []), clause.not].every(timeless));
  /** Rules to which time alone brings nothing, so that every end has a reading behind it. */
  const withoutClock = (given: Scenario) =>
    new Set(
      given.rules
        .filter((r) => timeless(r.when) && timeless(r.only) && timeless(r.clearWhen))
        .map((r) => r.id),
    );

  it('ends no episode: every end is the instant of a reading', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = worldOf(given);
        const rules = withoutClock(given);
        const instants = new Set(world.readings.map((r) => r.at));
        const check = (list: readonly Episode[]) => {
          for (const { rule, end } of list) {
            if (end !== null && rules.has(rule)) expect(instants).toContain(end);
          }
        };
        const host = disturbed(given, world, (_, now) => check([...now.said.values()]));
        finish(host, world);
        check(host.engine.episodes());
      }),
      { numRuns: runs },
    );
  });

  it('changes nothing any more once everything is silent, however long', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const silentAfter = given.silentAfter.map((n) => n ?? 3 * given.unit);
        const bounded = worldOf({ ...given, silentAfter: silentAfter as Scenario['silentAfter'] });
        // So long a silence goes beyond the horizon, where nothing is told of any more.
        const world = { ...bounded, options: { ...bounded.options, horizon: 10 * long } };
        const rules = withoutClock(given);
        const host = disturbed(given, world);
        finish(host, world);
        const at = Math.max(world.ends.g1, world.ends.g2) + Math.max(...silentAfter);
        const standing = () => {
          const own = bare(host.engine.episodes()).filter((e) => rules.has(e.rule));
          return own.map(({ severity: _, ...rest }) => rest);
        };
        finish(host, { ...world, ends: { g1: at, g2: at } });
        const before = standing();
        finish(host, { ...world, ends: { g1: at + long, g2: at + long } });
        expect(standing()).toEqual(before);
      }),
      { numRuns: runs },
    );
  });
});
