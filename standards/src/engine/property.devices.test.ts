import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, type EpisodeChange } from './index.ts';
import { reading } from './testing/fixture.ts';
import { arriving, finish, inFrames } from './testing/generate/arrival.ts';
import { bare } from './testing/generate/expected.ts';
import {
  longHorizon,
  type Scenario,
  scenario,
  type World,
  worldOf,
} from './testing/generate/scenario.ts';
import { Host } from './testing/host.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);
const long = 60 * 86_400_000;

describe('a device that empties its buffer', { timeout: 300_000 + runs * 100 }, () => {
  /** All readings wait in the device and come one by one, in order, long after the last was measured. */
  const opened = (given: Scenario) => {
    const { readings, options } = worldOf(given);
    const own = readings.filter((r) => r.point === readings[0]?.point);
    const received = Math.max(...readings.map((r) => r.at)) + 61_000;
    const host = new Host(createEngine(options));
    const changes = own.flatMap((r, k) => {
      host.accept([{ ...r, received: received + k, history: false }]);
      host.engine.advance('g1', received + k);
      host.engine.advance('g2', received + k);
      return host.drain();
    });
    const calm = received + readings.length + 10_000;
    finish(host, { ends: { g1: calm, g2: calm } } as World);
    const stands = new Set([...host.said.values()].map((e) => `${e.rule} ${e.onset}`));
    return { changes, stands };
  };

  it('is told of nothing that is withdrawn a moment later', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { changes, stands } = opened(given);
        const told = changes.filter((change) => change.type === 'opened');
        expect(changes.map((change) => change.type)).not.toContain('withdrawn');
        for (const { episode } of told)
          expect(stands).toContain(`${episode.rule} ${episode.onset}`);
      }),
      { numRuns: runs },
    );
  });
});

describe('one bad device', { timeout: 300_000 + runs * 100 }, () => {
  /** Readings of asset b that lie ahead of everything, or come in floods, by the frame they come with. */
  const nonsense = fc.array(
    fc.record({
      frame: fc.nat({ max: 12 }),
      metric: fc.constantFrom('floor', 'level_err_mm', 'trapped', 'mode', 'door_db'),
      ahead: fc.constantFrom(0, 1_000, 3_600_000, 3 * 86_400_000, long),
      many: fc.constantFrom(1, 1, 3, 40),
      value: fc.integer({ min: -40, max: 400 }).map((n) => n / 8),
      honest: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );
  type Nonsense = typeof nonsense extends fc.Arbitrary<infer T> ? T : never;

  /** What is said of the others, frame by frame, and in the end. */
  const othersOf = (given: Scenario, extra: Nonsense) => {
    const world = worldOf(given);
    const newest = Math.max(...world.readings.map((r) => r.at));
    const host = new Host(createEngine(world.options), given.ways);
    const heard: EpisodeChange[] = [];
    const hear = (changes: readonly EpisodeChange[]) => {
      const keyOf = (c: EpisodeChange) => (c.type === 'opened' ? c.episode : c.was);
      heard.push(...changes.filter((c) => keyOf(c).subject !== 'e/b'));
    };
    for (const [k, frame] of inFrames(arriving(given, world.readings), given.frames).entries()) {
      host.accept([
        ...frame,
        ...extra.filter((x) => x.frame === k).flatMap((x) => flood(x, newest)),
      ]);
      const step = given.advances[k % given.advances.length];
      if (step) host.engine.advance(step.gateway, newest - step.units * given.unit);
      hear(host.drain());
      if (given.restarts[k % given.restarts.length]) host.restart(world.options);
    }
    hear(finish(host, world));
    return { heard, stand: bare(host.engine.episodes()).filter((e) => e.subject !== 'e/b') };
  };
  const flood = (x: Nonsense[number], newest: number): Reading[] =>
    Array.from({ length: x.many }, (_, k) => {
      const at = newest + x.ahead + k;
      const value = x.metric === 'mode' ? 'stopped' : x.metric === 'trapped' ? true : x.value;
      return reading(`e/b/${x.metric}`, at, value, { received: x.honest ? at : newest });
    });
  const alone = scenario.map((given): Scenario => {
    const without = (list: readonly ('a' | 'b' | 'c')[]) => list.filter((id) => id !== 'b');
    const { a, b } = given.related;
    return {
      ...given,
      horizon: longHorizon,
      related: { a: { near: without(a.near), vouch: without(a.vouch) }, b },
    };
  });

  it('changes nothing of what is said of any other', () => {
    fc.assert(
      fc.property(alone, nonsense, (given, extra) => {
        expect(othersOf(given, extra)).toEqual(othersOf(given, []));
      }),
      { numRuns: runs },
    );
  });
});
