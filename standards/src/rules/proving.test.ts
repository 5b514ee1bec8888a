import { describe, expect, it } from 'vitest';
import type { Clause, Rule } from './clause.ts';
import { provingOf } from './proving.ts';
import type { Resolvable } from './resolve.ts';

const minute = 60_000;
const hour = 60 * minute;

function rule(when: Clause, more: Partial<Rule> = {}): Rule {
  return {
    ...{ id: 'r', title: { en: 'Fault', zh: '故障' }, item: 'TP01-05a', kind: 'access-gate', when },
    ...{ for: 0, clearFor: 0, severity: 'medium', effect: 'none', latched: false },
    ...{ source: 's', confirmed: true, ...more },
  } as Rule;
}

const gate: Resolvable = {
  kind: 'access-gate',
  touchpoint: 'TP01',
  attributes: {},
  points: ['slam_db', 'door', 'force_n'].map((metric) => {
    return { id: `court/gate/${metric}`, metric, limits: {} };
  }),
};
const court = {
  ...{ zone: 'Asia/Shanghai', location: { latitude: 31, longitude: 121 } },
  ...{ calendars: {}, holidays: [] },
};
const door: Clause = { metric: 'door', is: 'open' };

describe('what it takes to prove that a fault is gone', () => {
  it.each<[string, Partial<Rule>, number]>([
    ['five minutes at least', {}, 5 * minute],
    ['as long as the breach must last', { for: 30 * minute }, 30 * minute],
    ['but not for days', { for: 72 * hour }, 4 * hour],
    ['as long as the end must last', { for: minute, clearFor: 6 * hour }, 6 * hour],
    ['what the rule says itself', { for: 30 * minute, proving: minute }, minute],
  ])('takes %s', (_, more, time) => {
    expect(provingOf(rule(door, more), gate)).toMatchObject({ time, events: null });
  });

  it('knows a default for a rule that is gone', () => {
    expect(provingOf(undefined)).toEqual({ time: 5 * minute, grace: 15 * minute, events: null });
  });

  it('does not hold against anybody what a window still remembers', () => {
    const mean: Clause = { metric: 'force_n', over: 'mean', window: 2 * hour, above: 50 };
    expect(provingOf(rule(door), gate).grace).toBe(15 * minute);
    expect(provingOf(rule({ any: [door, { not: mean }] }), gate).grace).toBe(2 * hour);
  });

  it('counts quiet events where only further events can clear the rule', () => {
    const slam = (count: Clause['count']): Clause => ({ metric: 'slam_db', above: 75, count });
    const last = provingOf(rule(slam({ least: 4, of: 20, clearLeast: 19, clearOf: 20 })), gate);
    expect(last).toMatchObject({ grace: Infinity, events: { needed: 19, least: 4 } });
    expect([75, 75.1].map((value) => last.events?.isBad(value, 0))).toEqual([false, true]);
    expect(provingOf(rule(slam({ least: 4, of: 20 })), gate).events?.needed).toBe(17);
    // Two in a row are a guard against one wrong reading, not a count.
    const guard = provingOf(rule(slam({ least: 2, of: 2, clearLeast: 1, clearOf: 1 })), gate);
    expect(guard).toMatchObject({ grace: 15 * minute, events: null });
  });

  it('takes a window for proof where time clears the count, and only what was measured within its hours', () => {
    const during = { hours: '22:00-06:00' };
    const count = { least: 3, within: 24 * hour, during };
    const night = provingOf(rule({ metric: 'slam_db', above: 75, count }), gate, court);
    expect(night).toMatchObject({ grace: 24 * hour, events: { needed: null, least: 3 } });
    const at = (time: string) => night.events?.isBad(86, Date.parse(`2026-11-29T${time}+08:00`));
    expect([at('02:10'), at('12:00')]).toEqual([true, false]);
  });
});
