import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Clause } from '../rules/clause.ts';
import { createEngine, type Episode } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { inFrames } from './testing/generate/arrival.ts';
import { Host } from './testing/host.ts';
import { type ReferenceSaid, referenceEpisodes } from './testing/reference.ts';

/** The reference looks at every reading of every window at every reading, so that one run takes seconds. */
const runs = Math.ceil(Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000) / 200);
/** As many readings as a window holds at most. */
const most = 4_096;
/** A part of an hour that is a power of two, so that rates are exact. */
const unit = 28_125;
const start = Date.UTC(2026, 2, 10, 4);
const horizon = 35 * 86_400_000;
/** Longer than all readings of a run take, so that none leaves the window by its age. */
const window = 5 * 86_400_000;
const metric = 'floor';
const point = `e/a/${metric}`;

/** A rule on a figure of the newest 4,096 readings, which a block of high ones among calm ones moves. */
const clauses: fc.Arbitrary<Clause> = fc.oneof(
  fc
    .constantFrom('max', 'range', 'rise', 'fall')
    .map((over): Clause => ({ metric, over, window, above: 4, clear: 3.5 })),
  fc
    .tuple(fc.constantFrom(50, 90, 99), fc.integer({ min: 8, max: 32 }))
    .map(([percentile, n]): Clause => {
      const clear = n / 8 - 0.5;
      return { metric, over: 'percentile', percentile, window, above: n / 8, clear };
    }),
  fc
    .tuple(fc.constantFrom('sum', 'mean'), fc.integer({ min: 0, max: 2_000 }))
    .map(([over, n]): Clause => {
      const limit = 1.5 * most + n;
      return { metric, over, window, above: over === 'sum' ? limit : limit / most };
    }),
  fc
    .integer({ min: -4, max: 4 })
    .map((n): Clause => ({ metric, over: 'rate', window, above: n / 64, clear: (n - 1) / 64 })),
  fc
    .integer({ min: 1, max: 300 })
    .map((least): Clause => ({ metric, above: 4, count: { least, within: window } })),
  fc.integer({ min: 1, max: 300 }).map((n): Clause => {
    const share = n / most;
    const count = { share, clearShare: share / 2, minimum: 2, within: window };
    return { metric, above: 4, count };
  }),
  fc.integer({ min: 1, max: 300 }).map((n): Clause => {
    const share = { window, atLeast: n / most, clear: n / most / 2, coverage: 0 };
    return { metric, above: 4, share };
  }),
);

const world = fc.record({
  clause: clauses,
  hold: fc.constantFrom(0, 0, 3 * unit),
  clearHold: fc.constantFrom(0, 0, 5 * unit),
  count: fc.integer({ min: most + 100, max: most + 400 }),
  calm: fc.array(fc.integer({ min: 8, max: 16 }), { minLength: 3, maxLength: 31 }),
  block: fc.record({
    from: fc.integer({ min: 0, max: 80 }),
    length: fc.integer({ min: 1, max: 280 }),
    eighths: fc.integer({ min: 33, max: 80 }),
  }),
  late: fc.uniqueArray(fc.nat({ max: most + 99 }), { maxLength: 4 }),
  frame: fc.constantFrom(1, 7, 500, 10_000),
  restart: fc.nat({ max: 9_000 }),
  ways: fc.record({ columns: fc.boolean(), part: fc.constantFrom(100, 5_000) }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
/** One high reading, the first, stays the highest until 4,096 others have come. */
const plain: World = {
  clause: { metric, over: 'max', window, above: 4, clear: 3.5 },
  hold: 0,
  clearHold: 0,
  count: most + 100,
  calm: [8, 9, 10],
  block: { from: 0, length: 1, eighths: 40 },
  late: [],
  frame: 500,
  restart: most,
  ways: { columns: false, part: 100 },
};

function readingsOf({ count, calm, block }: World) {
  return Array.from({ length: count }, (_, k) => {
    const high = k >= block.from && k < block.from + block.length;
    const eighths = high ? block.eighths : (calm[k % calm.length] ?? 8);
    return reading(point, start + k * unit, eighths / 8);
  });
}

function judged(given: World, readings: ReturnType<typeof readingsOf>, end: number) {
  const rule = ruleOf(given);
  const estates = [testEstate([testAsset('a', 'lift', [testPoint('a', metric, null)])])];
  const options = { standard: testStandard([rule]), estates, horizon };
  const late = new Set(given.late);
  const host = new Host(createEngine(options), given.ways);
  const inTime = readings.filter((_, k) => !late.has(k));
  let handed = 0;
  for (const frame of inFrames(inTime, [given.frame])) {
    const before = handed;
    handed += frame.length;
    host.accept(frame);
    if (before <= given.restart && given.restart < handed) host.restart(options);
  }
  host.accept(readings.filter((_, k) => late.has(k)));
  host.engine.advance('g', end);
  host.drain();
  return host.engine.episodes();
}

function ruleOf({ clause, hold, clearHold }: World) {
  return testRule({ id: 'r', kind: 'lift', when: clause, for: hold, clearFor: clearHold });
}

const compared = ({ onset, detected, end, worst, worstAt, history }: Episode | ReferenceSaid) => ({
  ...{ onset, detected, end, worst, worstAt, history },
});
const calendar = { at: () => true, edges: () => [] };

it('says what the reference says of windows that are full', {
  timeout: 300_000 + runs * 60_000,
}, () => {
  const moved = { ended: 0 };
  fc.assert(
    fc.property(world, (given) => {
      const readings = readingsOf(given);
      const end = start + given.count * unit;
      const points = [{ metric, silentAfter: null, readings }];
      const expected = referenceEpisodes(ruleOf(given), points, calendar, end);
      expect(judged(given, readings, end).map(compared)).toEqual(expected.map(compared));
      // With more room than readings, what the block brought would stand to the end.
      if (expected.some((e) => e.end !== null && e.end >= start + most * unit)) moved.ended += 1;
    }),
    { numRuns: runs, examples: [[plain]] },
  );
  expect(moved.ended).toBeGreaterThan(0);
});
