import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from './index.ts';
import { finish } from './testing/generate/arrival.ts';
import { bare, expected, withoutHorizon } from './testing/generate/expected.ts';
import { beliefOf, hand, parted, restatedScenario } from './testing/generate/restated.ts';
import { Host } from './testing/host.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);

describe('an engine that learns late what was in force', { timeout: 300_000 + runs * 100 }, () => {
  it('says what it would have said, had that been in force all along', () => {
    fc.assert(
      fc.property(restatedScenario, (given) => {
        const { before, world, restatement } = beliefOf(given);
        const [sooner = [], later = []] = parted(given, world);
        const host = new Host(createEngine(before), given.given.ways);
        hand(host, sooner, given, before, world);
        host.restate(world.options, restatement);
        hand(host, later, given, world.options, world);
        finish(host, world);
        expect(bare(host.engine.episodes())).toEqual(expected(world));
        expect(bare([...host.said.values()])).toEqual(expected(withoutHorizon(world)));
        const knew = new Host(createEngine(world.options));
        knew.accept(world.readings);
        finish(knew, world);
        const sentences = ({ engine }: Host) => engine.episodes().map((episode) => episode.why);
        expect(sentences(host)).toEqual(sentences(knew));
      }),
      { numRuns: runs },
    );
  });
});
