import type { Asset, Episode } from '@caretaker/cloud/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byWorst, groupAssets } from './groups.ts';
import { keepOrder, movesBetween } from './moves.ts';
import { stripOf, unionWithin } from './strip.ts';

const name = { en: '', zh: '' };
const named = [
  { id: 'entrances', number: 1, name },
  { id: 'lift-car', number: 5, name },
  { id: 'bins', number: 7, name },
];
function asset(
  id: string,
  group: string,
  phase: Asset['state']['phase'],
  severity: Asset['state']['severity'] = null,
) {
  const points = { ok: 1, breach: 0, pending: 0, unknown: 0 };
  const state = {
    verdict: 'ok',
    phase,
    severity,
    since: 5,
    until: null,
    rule: null,
    fact: null,
    tickets: [1],
    points,
  };
  return { id, group, state } as unknown as Asset;
}

describe('the tiles', () => {
  const assets = [
    asset('a', 'entrances', 'ok'),
    asset('b', 'entrances', 'breach', 'low'),
    asset('c', 'lift-car', 'breach', 'emergency'),
    asset('d', 'nowhere', 'unknown'),
  ];
  const { groups, unwatched } = groupAssets(assets, named);

  it('carry the worst state of their assets, worst asset first', () => {
    const entrances = groups.find(({ id }) => id === 'entrances');
    expect(entrances?.mark).toBe('low');
    expect(entrances?.assets.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('lose no asset of an unknown group and name the groups without assets', () => {
    expect(groups.flatMap((group) => group.assets)).toHaveLength(assets.length);
    expect(unwatched.map(({ id }) => id)).toEqual(['bins']);
  });

  it('stand worst first', () => {
    expect(groups.toSorted(byWorst).map(({ id }) => id)).toEqual([
      'lift-car',
      'entrances',
      'nowhere',
    ]);
  });
});

describe('a stable order', () => {
  it('counts what has to move, not what is pushed aside', () => {
    expect(movesBetween(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'])).toBe(1);
    expect(movesBetween(['a', 'b'], ['a', 'b'])).toBe(0);
    expect(movesBetween(['a', 'b', 'c'], ['c', 'b', 'a'])).toBe(2);
  });

  it('keeps known items in place, drops gone ones and adds new ones at the end', () => {
    expect(keepOrder(['a', 'b', 'c'], ['n', 'c', 'a'])).toEqual(['a', 'c', 'n']);
  });

  it('never says that nothing moves when the orders differ', () => {
    const order = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e'], { minLength: 5 });
    fc.assert(
      fc.property(
        order,
        order,
        (one, two) => (movesBetween(one, two) === 0) === (one.join() === two.join()),
      ),
    );
  });
});

describe('the 24 h strip', () => {
  const hour = 3_600_000;
  const episode = (onset: number, end: number | null, more: Partial<Episode> = {}) =>
    ({ onset, end, state: 'standing', severity: 'high', effect: 'down', ...more }) as Episode;

  it('counts overlapping spans once', () => {
    expect(
      unionWithin(
        [
          [0, 10],
          [5, 20],
          [30, 40],
        ],
        0,
        35,
      ),
    ).toBe(25);
  });

  it('shows an open breach up to now, in proportion', () => {
    const hours = stripOf([episode(22.5 * hour, null)], 24 * hour);
    expect(hours).toHaveLength(24);
    expect(hours[21]?.breach).toBe(0);
    expect(hours[22]?.breach).toBe(0.5);
    expect(hours[23]?.breach).toBe(1);
  });

  it('keeps silence apart and leaves out what was withdrawn', () => {
    const hours = stripOf(
      [episode(0, hour, { effect: 'unknown' }), episode(0, hour, { state: 'withdrawn' })],
      24 * hour,
    );
    expect(hours[0]).toMatchObject({ breach: 0, unknown: 1 });
  });
});
