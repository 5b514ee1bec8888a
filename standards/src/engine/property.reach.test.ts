import fc from 'fast-check';
import { expect, it } from 'vitest';
import { disturbed, finish } from './testing/generate/arrival.ts';
import { judgedOf } from './testing/generate/expected.ts';
import { type Scenario, scenario, worldOf } from './testing/generate/scenario.ts';

const runs = 300;

it('the generated scenarios reach what they are meant to prove', () => {
  const seen = {
    ended: 0,
    stepped: 0,
    folded: 0,
    silent: 0,
    guarded: 0,
    withdrawn: 0,
    amended: 0,
    elsewhere: 0,
    history: 0,
    unjudged: 0,
    forgotten: 0,
    ageless: 0,
  };
  const count = (what: keyof typeof seen, is: boolean) => {
    if (is) seen[what] += 1;
  };
  const look = (given: Scenario) => {
    const world = worldOf(given);
    const types = new Set<string>();
    const host = disturbed(given, world, (changes) => {
      for (const { type } of changes) types.add(type);
    });
    for (const { type } of finish(host, world)) types.add(type);
    const all = host.engine.episodes();
    const byRule = all.filter((e) => !e.rule.startsWith('silence:'));
    const ruleOf = (id: string) => given.rules.find((r) => r.id === id);
    count('withdrawn', types.has('withdrawn'));
    count('amended', types.has('amended'));
    count(
      'ended',
      byRule.some((e) => e.end !== null),
    );
    count('silent', byRule.length < all.length);
    count(
      'guarded',
      byRule.some((e) => ruleOf(e.rule)?.only !== undefined),
    );
    count(
      'stepped',
      byRule.some((e) => e.severity !== ruleOf(e.rule)?.severity),
    );
    count(
      'folded',
      byRule.some((e) => ruleOf(e.rule)?.fold !== undefined),
    );
    count(
      'elsewhere',
      byRule.some((e) => e.subject !== 'e/a'),
    );
    count('unjudged', judgedOf(world).length < world.readings.length);
    count('forgotten', host.said.size > all.length);
    count('ageless', given.ageless !== undefined);
    count(
      'history',
      byRule.some((e) => e.history),
    );
  };
  fc.assert(fc.property(scenario, look), { numRuns: runs, seed: 1 });
  for (const [what, times] of Object.entries(seen)) {
    expect(times / runs, what).toBeGreaterThan(0.03);
  }
});
