import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from '../engine/testing/fixture.ts';
import { coversOf } from './cover.ts';
import { type Hideable, hiddenAmong, hidingOf } from './hidden.ts';
import {
  countsFrom,
  endOf,
  isAbout,
  type PlannedWork,
  plannedCovers,
  underWay,
} from './planned.ts';

const minute = 60_000;
const off = testRule({ id: 'feeder-off', kind: 'feeder', when: { metric: 'power_w', below: 1 } });
const dark = testRule({
  id: 'lamp-dark',
  kind: 'lamp',
  when: { metric: 'lux', below: 1 },
  hiddenBy: [{ relation: 'power', rules: ['feeder-off'] }, { rules: ['lamp-stuck'] }],
});
const stuck = testRule({ id: 'lamp-stuck', kind: 'lamp', when: { metric: 'lux', below: 0 } });
const estate = testEstate([
  testAsset('f', 'feeder', [testPoint('f', 'power_w', null)]),
  { ...testAsset('l1', 'lamp', [testPoint('l1', 'lux', null)]), relations: { power: ['f'] } },
  { ...testAsset('l2', 'lamp', [testPoint('l2', 'lux', null)]), relations: {} },
]);
const hiding = hidingOf(testStandard([off, dark, stuck]), [estate]);

const episode = (
  subject: string,
  rule: string,
  onset: number,
  end: number | null,
  more: Partial<Hideable> = {},
): Hideable => ({
  subject,
  rule,
  onset: onset * minute,
  detected: onset * minute,
  end: end === null ? null : end * minute,
  severity: 'medium',
  latched: false,
  ...more,
});

describe('what hides what', () => {
  it('follows relations, or stays on the asset, in both directions', () => {
    const lamp = { subject: 'e/l1', rule: 'lamp-dark' };
    expect(hiding.hidersOf(lamp)).toEqual([
      { subject: 'e/f', rule: 'feeder-off' },
      { subject: 'e/l1', rule: 'lamp-stuck' },
    ]);
    expect(hiding.hidersOf({ ...lamp, subject: 'e/l2' })).toEqual([
      { subject: 'e/l2', rule: 'lamp-stuck' },
    ]);
    expect(hiding.hiddenBy({ subject: 'e/f', rule: 'feeder-off' })).toEqual([lamp]);
    expect(hiding.hiddenBy({ subject: 'e/l1', rule: 'lamp-stuck' })).toEqual([lamp]);
    expect(hiding.hiddenBy(lamp)).toEqual([]);
  });

  const hidden = (lamp: Hideable, ...others: Hideable[]) =>
    hiddenAmong([lamp, ...others], hiding).get(lamp) ?? null;
  const feeder = (onset: number, end: number | null) => episode('e/f', 'feeder-off', onset, end);
  const lamp = (onset: number, end: number | null, more: Partial<Hideable> = {}) =>
    episode('e/l1', 'lamp-dark', onset, end, more);

  it('hides an episode that lies within another one, and none that reaches out of it', () => {
    expect(hidden(lamp(5, 9), feeder(0, 10))).toEqual([feeder(0, 10)]);
    expect(hidden(lamp(5, null), feeder(0, null))).toHaveLength(1);
    expect(hidden(lamp(5, 13), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(5, null), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(5, 9), feeder(6, 10))).toBeNull();
    expect(hidden(lamp(5, 9))).toBeNull();
    expect(hidden(lamp(5, 12), feeder(0, 7), feeder(7, null))).toHaveLength(2);
    expect(hidden(lamp(5, 9), feeder(0, 6), feeder(9, null))).toBeNull();
  });

  it('hides to its end what comes back with its hider, and what goes on only while that lasts', () => {
    expect(hidden(lamp(5, 12), feeder(0, 10))).toHaveLength(1);
    expect(hidden(lamp(5, 12.1), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(11, 12), feeder(0, 10))).toHaveLength(1);
    expect(hidden(lamp(5, null), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(5, 20), feeder(0, 10), feeder(11, null))).toBeNull();
  });

  it('looks from the detection on, for before that it opens nothing', () => {
    expect(hidden(lamp(5, 9, { detected: 6 * minute }), feeder(6, 10))).toHaveLength(1);
  });

  it('never hides an emergency, nor what latches once the hider is over', () => {
    expect(hidden(lamp(5, 9, { severity: 'emergency' }), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(5, 9, { latched: true }), feeder(0, 10))).toBeNull();
    expect(hidden(lamp(5, 9, { latched: true }), feeder(0, null))).toHaveLength(1);
  });

  it('is not done by an advice, of which nobody is told', () => {
    expect(hidden(lamp(5, 9), { ...feeder(0, 10), severity: 'advice' })).toBeNull();
  });

  it('leaves the other subject alone', () => {
    const other = { ...lamp(5, 9), subject: 'e/l2' };
    expect(hidden(other, feeder(0, 10))).toBeNull();
  });
});

describe('covers', () => {
  it('hide a life when a count of every instant says so', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 8 }))
      .map(([from, length]) => ({ from, to: from + length, by: 0 }));
    const check = (
      life: { from: number; to: number },
      covers: (typeof life & { by: number })[],
    ) => {
      let open = false;
      for (let at = life.from; at < life.to; at += 1) {
        open ||= !covers.some((c) => c.from <= at && at < c.to);
      }
      expect(coversOf(life, covers) === null).toBe(open);
    };
    fc.assert(fc.property(span, fc.array(span, { maxLength: 6 }), check), { numRuns: 2000 });
  });
});

describe('planned work', () => {
  const work = (from: number, to: number, more: Partial<PlannedWork> = {}): PlannedWork => ({
    estate: 'e',
    scope: { type: 'subject', subject: 'e/l1' },
    from,
    to,
    cancelled: null,
    ...more,
  });
  const asset = {
    ...testAsset('l1', 'lamp', []),
    touchpoint: 'TP05',
    place: { en: 'Yard', zh: '院' },
  };

  it('is about a subject, a touchpoint or a place', () => {
    expect(isAbout(work(0, 1), 'e/l1', asset)).toBe(true);
    expect(isAbout(work(0, 1), 'e/l2', asset)).toBe(false);
    const at = (scope: PlannedWork['scope'], estate = 'e') =>
      isAbout(work(0, 1, { scope, estate }), 'e/l1', asset);
    expect(at({ type: 'touchpoint', touchpoint: 'TP05' })).toBe(true);
    expect(at({ type: 'touchpoint', touchpoint: 'TP06' })).toBe(false);
    expect(at({ type: 'touchpoint', touchpoint: 'TP05' }, 'other')).toBe(false);
    expect([at({ type: 'place', place: 'Yard' }), at({ type: 'place', place: '院' })]).toEqual([
      true,
      true,
    ]);
    const gateway = work(0, 1, { scope: { type: 'subject', subject: 'e/gateway:g' } });
    expect(isAbout(gateway, 'e/gateway:g', undefined)).toBe(true);
  });

  it('goes on until event time has passed its end, and ends early when it is called off', () => {
    const plan = work(10, 20);
    expect(plannedCovers([plan], 19)).toMatchObject([{ from: 10, to: Number.POSITIVE_INFINITY }]);
    expect(plannedCovers([plan], 20)).toMatchObject([{ from: 10, to: 20 }]);
    expect(plannedCovers([work(10, 20, { cancelled: 5 })], 20)).toEqual([]);
    expect(endOf(work(10, 20, { cancelled: 15 }))).toBe(15);
    expect(endOf(work(10, 20, { cancelled: 25 }))).toBe(20);
    expect(underWay([plan, work(12, 30)], 15)).toMatchObject({ to: 30 });
    expect(underWay([plan], 20)).toBeNull();
  });

  it('counts an outage that begins within it only from its end, and one of before throughout', () => {
    expect(countsFrom(12, [work(10, 20)])).toBe(20);
    expect(countsFrom(9, [work(10, 20)])).toBe(9);
    expect(countsFrom(20, [work(10, 20)])).toBe(20);
    expect(countsFrom(12, [work(18, 30), work(10, 20)])).toBe(30);
  });
});
