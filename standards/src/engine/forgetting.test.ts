import { describe, expect, it } from 'vitest';
import type { Rule } from '../rules/clause.ts';
import { createEngine } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { Host } from './testing/host.ts';

const hour = 3_600_000;
const day = 24 * hour;
const t0 = Date.UTC(2026, 2, 10);

function hostOf(numbers: Partial<Rule> = {}) {
  const rule = testRule({ id: 'r', when: { metric: 'ph', above: 8 }, ...numbers });
  const asset = testAsset('a', 'pool', [testPoint('a', 'ph', null)]);
  const estates = [testEstate([asset])];
  return new Host(createEngine({ standard: testStandard([rule]), estates, horizon: 35 * day }));
}
const ph = (time: number, value: number) => reading('e/a/ph', t0 + time, value);
const told = (host: Host) =>
  [...host.said.values()].map(({ onset, end }) => [onset - t0, end === null ? null : end - t0]);

/** What the engine says after each frame and complete-to, in hours. */
function play(host: Host, ...steps: readonly (readonly ReturnType<typeof ph>[] | number)[]) {
  return steps.map((step) => {
    if (typeof step === 'number') host.engine.advance('g', t0 + step);
    else host.accept(step);
    return host.drain().map((change) => change.type);
  });
}

describe('what lies behind the horizon', () => {
  it('is forgotten without a word once complete-to is so far, and not before', () => {
    const host = hostOf();
    const known = () => host.engine.episodes().length;
    play(host, [ph(0, 9), ph(hour, 7)], [ph(36 * day, 7)]);
    expect(known()).toBe(1);
    expect(play(host, 35 * day + 2 * hour)).toEqual([[]]);
    expect(known()).toBe(1);
    expect(play(host, 36 * day)).toEqual([[]]);
    expect(known()).toBe(0);
    expect(told(host)).toEqual([[0, hour]]);
  });

  it('is not moved by a device whose clock is weeks ahead', () => {
    const host = hostOf();
    const heard = play(host, [ph(0, 9), ph(hour, 7)], [ph(60 * day, 9)], [ph(2 * hour, 9)]);
    expect(heard).toEqual([['opened'], ['opened'], ['amended']]);
    expect(play(host, [ph(30 * 60_000, 7)])).toEqual([['amended']]);
    expect(told(host).sort()).toEqual(
      [
        [0, 30 * 60_000],
        [2 * hour, null],
      ].sort(),
    );
  });

  it('is still said to go on when a much later onset lies within the fold', () => {
    const host = hostOf({ fold: 60 * day });
    play(host, [ph(0, 9), ph(hour, 7)]);
    expect(play(host, [ph(50 * day, 9)], 50 * day)).toEqual([['amended'], []]);
    expect(told(host)).toEqual([[0, null]]);
  });

  it('is said to have ended, not to have never been, when that is decided only now', () => {
    const host = hostOf({ clearFor: 2 * hour });
    play(host, [ph(0, 9)], hour, [ph(2 * hour, 7)]);
    expect(told(host)).toEqual([[0, null]]);
    expect(play(host, 3 * hour, 90 * day)).toEqual([[], ['amended']]);
    expect(told(host)).toEqual([[0, 2 * hour]]);
    expect(play(host, [ph(90 * day, 7)], 90 * day + 1)).toEqual([[], []]);
    expect(host.engine.episodes()).toEqual([]);
  });

  it('is told of all the same when it is heard of only now', () => {
    const host = hostOf();
    play(host, [ph(0, 7)], hour);
    host.accept([ph(2 * hour, 9), ph(3 * hour, 7)]);
    expect(play(host, 90 * day)).toEqual([['opened']]);
    expect(host.engine.episodes()).toEqual([]);
    expect(told(host)).toEqual([[2 * hour, 3 * hour]]);
  });

  it('is judged again as a whole where a gateway had said that it sent all, and had not', () => {
    const breach = (from: number, to: number) =>
      Array.from({ length: (to - from) * 48 }, (_, k) => ph(from * day + (k * hour) / 2, 9));
    const before = [ph(0, 7), ph(5 * day, 7)];
    const host = hostOf({ clearFor: hour });
    play(host, [...before, ...breach(8, 10)], 70 * day, breach(10, 13), [ph(6 * day, 7)]);
    expect(told(host)).toEqual([[8 * day, null]]);
    expect(play(host, [ph(6 * day + hour, 9), ph(6 * day + 2 * hour, 7)])).toEqual([['opened']]);
    expect(told(host)).toContainEqual([6 * day + hour, 6 * day + 2 * hour]);
    expect(told(host)).toContainEqual([8 * day, null]);
  });

  it('is not said again when time alone brings more of the same', () => {
    const night = { all: [{ metric: 'ph', above: 8 }, { calendar: { hours: '22:00-06:00' } }] };
    const host = hostOf({ when: night });
    play(host, [ph(0, 9)]);
    for (let n = 1; n <= 60; n += 1) expect(play(host, n * day)).toEqual([['opened']]);
    expect(told(host)).toHaveLength(60);
    expect(host.engine.episodes().length).toBeLessThan(40);
  });

  it('is told of as late readings have made it, before it goes', () => {
    const host = hostOf();
    play(host, [ph(0, 9), ph(hour, 7)]);
    host.accept([ph(hour / 2, 11)]);
    expect(play(host, 90 * day)).toEqual([['amended']]);
    expect([...host.said.values()]).toMatchObject([{ onset: t0, worst: 11 }]);
    expect(host.engine.episodes()).toEqual([]);
  });

  it('keeps the onset of a folded episode however often late readings look back', () => {
    const host = hostOf({ fold: 2 * day, clearFor: hour });
    const flaps = Array.from({ length: 40 }, (_, k) => [ph(k * day, 9), ph(k * day + hour, 7)]);
    for (const [k, flap] of flaps.entries()) play(host, flap, k * day + 3 * hour);
    expect(told(host)).toEqual([[0, 39 * day + hour]]);
    play(host, [ph(5 * day + 2 * hour, 7)], [ph(6 * day, 9)]);
    expect(told(host)).toEqual([[0, 39 * day + hour]]);
  });
});
