import { describe, expect, it } from 'vitest';
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
import { Host } from './testing/host.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 10, 4);

type Step = readonly [asset: string, metric: string, minute: number, value: number | boolean];

/** Lift a behind gateway g, its feeders b and c behind gateway h. */
function engineOf(when: Clause, feeders: readonly string[], metricOfC = 'trapped') {
  const asset = (id: string, metric: string, gateway: string, related: readonly string[] = []) => ({
    ...testAsset(id, 'lift', [testPoint(id, metric, null)]),
    gateway,
    relations: related.length === 0 ? {} : { power: related },
  });
  const assets = [
    asset('a', 'floor', 'g', feeders),
    asset('b', 'trapped', 'h'),
    asset('c', metricOfC, 'h'),
  ];
  const rule = testRule({ id: 'r', kind: 'lift', when, for: 5 * minute });
  const standard = testStandard([rule]);
  return createEngine({ standard, estates: [testEstate(assets)], horizon: 35 * 24 * 60 * minute });
}

function run(
  when: Clause,
  feeders: readonly string[],
  steps: readonly Step[],
  complete: { readonly g: number; readonly h: number },
): (readonly (number | null)[])[] {
  const host = new Host(engineOf(when, feeders));
  host.accept(steps.map(([a, m, at, v]) => reading(`e/${a}/${m}`, t0 + at * minute, v)));
  host.engine.advance('g', t0 + complete.g * minute);
  host.engine.advance('h', t0 + complete.h * minute);
  host.drain();
  const inMinutes = (time: number | null) => (time === null ? null : (time - t0) / minute);
  return host.engine
    .episodes()
    .filter((e: Episode) => e.rule === 'r' && e.subject === 'e/a')
    .map((e) => [inMinutes(e.onset), inMinutes(e.detected), inMinutes(e.end)]);
}

const high: Clause = { metric: 'floor', above: 8 };
const powered = (more: Clause = {}): Clause => ({
  all: [high, { metric: 'trapped', is: true, from: 'power', ...more }],
});

describe('a metric of related assets', () => {
  const both: readonly Step[] = [
    ['a', 'floor', 0, 9],
    ['b', 'trapped', 1, true],
    ['c', 'trapped', 1, false],
    ['c', 'trapped', 10, true],
    ['b', 'trapped', 20, false],
  ];

  it('holds for any of them', () => {
    expect(run(powered(), ['b', 'c'], both, { g: 60, h: 60 })).toEqual([[1, 6, null]]);
  });

  it('holds for every one of them where the rule says so', () => {
    expect(run(powered({ every: true }), ['b', 'c'], both, { g: 60, h: 60 })).toEqual([
      [10, 15, 20],
    ]);
  });

  it('lets time speak only as far as every gateway concerned has said all', () => {
    const open: readonly Step[] = both.slice(0, 2);
    expect(run(powered(), ['b'], open, { g: 60, h: 5.9 })).toEqual([]);
    expect(run(powered(), ['b'], open, { g: 5.9, h: 60 })).toEqual([]);
    expect(run(powered(), ['b'], open, { g: 6, h: 6 })).toEqual([[1, 6, null]]);
  });

  it('is not watched without them, and leaves them out where they are optional', () => {
    expect(run(powered(), [], both, { g: 60, h: 60 })).toEqual([]);
    expect(run(powered({ optional: true }), [], both, { g: 60, h: 60 })).toEqual([[0, 5, null]]);
  });

  it('is not watched where one of several has no such metric', () => {
    const engine = engineOf(powered(), ['b', 'c'], 'floor');
    expect(engine.conditions('e/a').filter((c) => c.rule === 'r')).toEqual([]);
    const some = engineOf(powered({ optional: true }), ['b', 'c'], 'floor');
    const points = some.conditions('e/a').flatMap((c) => (c.rule === 'r' ? c.points : []));
    expect(points).toEqual(['e/a/floor', 'e/b/trapped']);
  });

  it('is judged again when the related asset is late', () => {
    const host = new Host(engineOf(powered(), ['b']));
    const at = (point: string, n: number, value: number | boolean) =>
      reading(point, t0 + n * minute, value, { received: t0 + 60 * minute });
    host.accept([at('e/a/floor', 0, 9), at('e/b/trapped', 2, true), at('e/a/floor', 30, 9)]);
    for (const gateway of ['g', 'h']) host.engine.advance(gateway, t0 + 90 * minute);
    host.drain();
    expect([...host.said.values()].map((e) => (e.onset - t0) / minute)).toEqual([2]);
    expect(host.accept([at('e/b/trapped', 5, false), at('e/b/trapped', 9, true)])).toBe(1);
    host.drain();
    expect([...host.said.values()].map((e) => (e.onset - t0) / minute)).toEqual([9]);
  });
});
