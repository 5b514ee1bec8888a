import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEngine } from './index.ts';
import { finish } from './testing/generate/arrival.ts';
import { bare } from './testing/generate/expected.ts';
import { scenario, worldOf } from './testing/generate/scenario.ts';
import { Host } from './testing/host.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);

/** The same readings again and again, so that there are long runs of each point. */
function repeated(readings: readonly Reading[], times: number): Reading[] {
  const first = Math.min(...readings.map(({ at }) => at));
  const last = Math.max(...readings.map(({ at }) => at));
  const span = last - first + 60_000;
  return Array.from({ length: times }, (_, k) =>
    readings.map((one) => ({ ...one, at: one.at + k * span, received: one.received + k * span })),
  ).flat();
}

it('finds in one long column what it finds in frames of three readings', {
  timeout: 300_000 + runs * 200,
}, () => {
  fc.assert(
    fc.property(scenario, fc.integer({ min: 1, max: 24 }), (given, times) => {
      const world = worldOf(given);
      const readings = repeated(world.readings, times).sort((a, b) => a.at - b.at);
      const end = Math.max(...readings.map(({ received }) => received)) + 10_000;
      const options = { ...world.options, horizon: Number.POSITIVE_INFINITY };
      const whole = new Host(createEngine(options), { columns: true });
      whole.accept(readings);
      const pieces = new Host(createEngine(options));
      for (let k = 0; k < readings.length; k += 3) pieces.accept(readings.slice(k, k + 3));
      for (const host of [whole, pieces]) finish(host, { ...world, ends: { g1: end, g2: end } });
      expect(bare(whole.engine.episodes())).toEqual(bare(pieces.engine.episodes()));
      expect(whole.engine.conditions()).toEqual(pieces.engine.conditions());
    }),
    { numRuns: runs },
  );
});
