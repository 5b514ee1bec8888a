import type { Reading } from '@caretaker/readings';
import { describe, expect, it } from 'vitest';
import type { Standard } from '../catalogue/standard.ts';
import { createEngine, type EngineOptions } from '../engine/index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from '../engine/testing/fixture.ts';
import { Host } from '../engine/testing/host.ts';
import type { Rule } from '../rules/clause.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 2, 8);
/** When the limit changes, minutes since t0. */
const T = 60;

const version = (name: string, ...rules: Rule[]): Standard => ({
  ...testStandard(rules),
  version: name,
});
const estateOf = (limit: number | null) => {
  const point = testPoint('pool', 'ph', limit === null ? null : limit * minute);
  return testEstate([testAsset('pool', 'pool', [point])]);
};
/** One limit until T, the other from then on, minutes; null is none. */
const changing = (
  before: number | null,
  after: number | null,
  ...rules: Rule[]
): EngineOptions => ({
  standard: version('v2', ...rules),
  estates: [estateOf(after)],
  horizon: 35 * 24 * 60 * minute,
  earlier: [
    { standard: version('v1', ...rules), estates: [estateOf(before)], until: t0 + T * minute },
  ],
});
const at = (minutes: number, value = 7): Reading =>
  reading('e/pool/ph', t0 + minutes * minute, value);
const since = (time: number | null) => (time === null ? null : (time - t0) / minute);

function told(host: Host, to: number): unknown[] {
  host.engine.advance('g', t0 + to * minute);
  host.drain();
  return [...host.said.values()]
    .sort((a, b) => a.onset - b.onset)
    .map((e) => [e.rule, since(e.onset), since(e.end), e.standardVersion]);
}

function judged(options: EngineOptions, readings: readonly Reading[], to: number): unknown[] {
  const host = new Host(createEngine(options));
  for (const one of readings) host.accept([one]);
  return told(host, to);
}

describe('a silence limit that changes', () => {
  it.each([
    ['becomes shorter', 60, 10, [50, 61], 100, [['silence:ph', 71, null, 'v2']]],
    ['becomes shorter, with nothing after it', 60, 10, [50], 100, []],
    ['becomes longer', 10, 60, [55, 80], 120, [['silence:ph', 65, 80, 'v2']]],
    ['goes', 10, null, [40], 100, [['silence:ph', 50, 60, 'v1']]],
    ['comes', null, 10, [40, 70], 100, [['silence:ph', 80, null, 'v2']]],
    ['comes, with nothing after it', null, 10, [40], 100, []],
  ] as const)(
    '%s: each reading holds by that of its own time',
    (_, before, after, times, to, expected) => {
      const readings = times.map((time) => at(time));
      const options = changing(before, after);
      expect(judged(options, readings, to)).toEqual(expected);
      expect(judged(options, readings.toReversed(), to)).toEqual(expected);
    },
  );

  it('pauses a hold by the limit of the reading that is held', () => {
    const high = testRule({ id: 'high', when: { metric: 'ph', above: 8 }, for: 40 * minute });
    const host = new Host(createEngine(changing(20, 60, high)));
    for (const one of [at(50, 8.5), at(90, 8.5)]) host.accept([one]);
    host.engine.advance('g', t0 + 130 * minute);
    const [found] = host.engine.episodes().filter((e) => e.rule === 'high');
    // 20 minutes until the first one is unknown, and 20 from the second one on.
    expect([since(found?.onset ?? null), since(found?.detected ?? null)]).toEqual([50, 110]);
  });

  it('is the same when it is made known at a restart, before it comes into force', () => {
    const { earlier: _, ...first } = changing(60, 60);
    const host = new Host(createEngine({ ...first, standard: version('v1') }));
    host.accept([at(50)]);
    host.engine.advance('g', t0 + 55 * minute);
    host.restart(changing(60, 10));
    host.accept([at(61)]);
    expect(told(host, 100)).toEqual([['silence:ph', 71, null, 'v2']]);
  });
});
