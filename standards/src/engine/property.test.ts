import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from './index.ts';
import { disturbed, finish } from './testing/generate/arrival.ts';
import { bare, expected, withoutHorizon } from './testing/generate/expected.ts';
import { scenario, worldOf } from './testing/generate/scenario.ts';
import { Host } from './testing/host.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);

describe('engine', { timeout: 300_000 + runs * 100 }, () => {
  it('says what the reference says, in time order', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = worldOf(given);
        const host = new Host(createEngine(world.options));
        host.accept(world.readings);
        finish(host, world);
        expect(bare(host.engine.episodes())).toEqual(expected(world));
      }),
      { numRuns: runs },
    );
  });

  it('says the same in any order, with duplicates, in any frames, with time and restarts between', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = worldOf(given);
        const host = disturbed(given, world);
        finish(host, world);
        expect(bare(host.engine.episodes())).toEqual(expected(world));
        expect(bare([...host.said.values()])).toEqual(expected(withoutHorizon(world)));
      }),
      { numRuns: runs },
    );
  });
});
