import type { Estate } from '@caretaker/devices/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { testAsset, testEstate, testPoint } from '../engine/testing/fixture.ts';
import { parseStandard, sealStandard, standardText } from './content.ts';
import {
  estateAt,
  type LimitChange,
  standardAt,
  timelineOf,
  type VersionFrom,
} from './timeline.ts';

const standard = loadStandard();
const estate = testEstate([
  testAsset('a', 'pool', [testPoint('a', 'ph', null), testPoint('a', 'temp_c', null)]),
  testAsset('b', 'pool', [testPoint('b', 'ph', null)]),
]);
const points = estate.assets.flatMap((asset) => asset.points.map((point) => point.id));
const [point = ''] = points;

const limitsOf = (of: Estate, id: string) =>
  of.assets.flatMap((asset) => asset.points).find((p) => p.id === id)?.limits;

const change = (effective: number, value: number | null, name = 'limit'): LimitChange => ({
  point,
  rule: 'r',
  name,
  value,
  effective,
});

/** Versions that can be told apart. */
const versionsAt = (...times: number[]): VersionFrom[] =>
  times.map((effective, k) => ({ effective, standard: { ...standard, version: `v${k}` } }));

describe('the text of a standard', () => {
  it('gives the very same standard again', () => {
    expect(parseStandard(standardText(standard), standard.version)).toEqual(standard);
  });

  it('has another name when anything in it is another', () => {
    const [first, ...others] = standard.items;
    if (first === undefined) throw new Error('the catalogue is empty');
    const changed = sealStandard({
      ...standard,
      items: [{ ...first, kano: 'attractive' }, ...others],
    });
    expect(changed.version).not.toBe(standard.version);
  });

  it('is refused when it is not what was published', () => {
    const text = standardText(standard).replace('TP01', 'TP02');
    expect(() => parseStandard(text, standard.version)).toThrow(
      expect.objectContaining({ code: 'STANDARDS_VERSION_DAMAGED' }),
    );
  });
});

describe('what is in force', () => {
  it('is one thing when nothing ever changed', () => {
    const [only] = versionsAt(100);
    const timeline = timelineOf(estate, versionsAt(100), []);
    expect(timeline.earlier).toEqual([]);
    expect(timeline.standard).toEqual(only?.standard);
    expect(timeline.estates[0]).toBe(estate);
  });

  it('changes at the instant of each edge, and the first version counts for all before', () => {
    const {
      standard: last,
      estates,
      earlier,
    } = timelineOf(estate, versionsAt(100, 200), [
      change(150, 7),
      change(150, 9, 'clear'),
      change(300, null),
    ]);
    expect(earlier.map((stretch) => [stretch.until, stretch.standard.version])).toEqual([
      [150, 'v0'],
      [200, 'v0'],
      [300, 'v1'],
    ]);
    expect(last.version).toBe('v1');
    expect(
      [...earlier, { estates }].map((s) => limitsOf(s.estates[0] as Estate, point)?.r),
    ).toEqual([undefined, { limit: 7, clear: 9 }, { limit: 7, clear: 9 }, { clear: 9 }]);
  });

  it('leaves out what was over, and shares every asset that stays as it was', () => {
    const changes = [change(150, 7), change(300, 8)];
    const { earlier, estates } = timelineOf(estate, versionsAt(100), changes, 150);
    expect(earlier.map((stretch) => stretch.until)).toEqual([300]);
    const before = earlier[0]?.estates[0]?.assets ?? [];
    const same = estates[0]?.assets.filter((asset, k) => asset === before[k]) ?? [];
    expect(same).toHaveLength(estate.assets.length - 1);
  });

  it('is the same whether asked for an instant or looked up in the whole', () => {
    const changes = fc.array(
      fc.record({
        point: fc.constantFrom(...points),
        rule: fc.constantFrom('a', 'b'),
        name: fc.constantFrom('limit', 'for_s'),
        value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
        effective: fc.integer({ min: 0, max: 20 }),
      }),
      { maxLength: 8 },
    );
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(times, changes, fc.integer({ min: -1, max: 21 }), (from, unsorted, at) => {
        const versions = versionsAt(...from.sort((a, b) => a - b));
        const sorted = unsorted.toSorted((a, b) => a.effective - b.effective);
        const whole = timelineOf(estate, versions, sorted);
        const covering = whole.earlier.find((stretch) => at < stretch.until) ?? whole;
        expect(covering.standard).toBe(standardAt(versions, at));
        expect(covering.estates[0]).toEqual(estateAt(estate, sorted, at));
      }),
      { numRuns: 300 },
    );
  });
});
