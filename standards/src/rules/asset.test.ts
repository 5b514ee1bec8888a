import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { ruleOf } from '../catalogue/standard.ts';
import { createEngine } from '../engine/index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from '../engine/testing/fixture.ts';
import { sentenceOf } from '../text/sentence.ts';
import { factOf, limitsOf, notWatched, rulesFor } from './asset.ts';
import type { Clause } from './clause.ts';
import { checkOverrides } from './overrides.ts';
import { relatedIn, resolve } from './resolve.ts';

const standard = loadStandard();
const gate = (distance?: number, limits = {}) => ({
  ...testAsset('gate', 'access-gate', [
    { ...testPoint('gate', 'slam_db', null), limits },
    testPoint('gate', 'door', null),
  ]),
  attributes: distance === undefined ? {} : { distance_m: distance },
});
const lamp = (attributes = {}) => ({
  ...testAsset('lamp', 'lighting', [
    testPoint('lamp', 'power_w', null),
    testPoint('lamp', 'lux', null),
  ]),
  attributes,
});

describe('an asset under the standard', () => {
  it('is watched by rules whose inputs it has', () => {
    expect(rulesFor(standard, gate()).map((rule) => rule.id)).toEqual([
      'gate-held-open',
      'gate-held-open-long',
      'gate-held-open-night',
      'gate-slam',
      'gate-slam-night',
      'gate-contact-chatter',
    ]);
  });

  it('names the rules that do not watch it, and what they lack', () => {
    expect(notWatched(standard, gate()).map(({ rule, missing }) => [rule, missing])).toEqual([
      ['gate-fault', ['fault']],
      ['gate-force', ['force_n']],
      ['gate-closes-fast', ['close_s']],
      ['gate-forced', ['forced']],
      ['gate-opened-ungranted', ['granted']],
    ]);
    expect(notWatched(standard, lamp()).map(({ rule, missing }) => [rule, missing])).toEqual([
      ['lamp-out', ['rated_w', 'commanded']],
      ['lamp-by-day', ['rated_w']],
      ['lamp-fault', ['fault']],
      ['lamp-power-high', ['rated_w', 'commanded']],
      ['lamp-power-low', ['rated_w', 'commanded']],
      ['lamp-neighbours-out', ['rated_w', 'neighbours/power_w', 'commanded']],
    ]);
  });

  it('names every metric that would do, where a rule needs one of several', () => {
    const drain = { ...testAsset('drain', 'drain', []), touchpoint: 'TP03' };
    expect(notWatched(standard, drain)).toMatchObject([
      { rule: 'drain-high', missing: ['free_cm', 'level_high'] },
    ]);
  });

  it('is watched by the entrance rule at an entrance, and by the path rule elsewhere', () => {
    const ids = (touchpoint: string) =>
      rulesFor(standard, { ...lamp(), touchpoint })
        .map((rule) => rule.id)
        .filter((id) => id.includes('dark'));
    expect(ids('TP01')).toEqual(['entrance-too-dark']);
    expect(ids('TP02')).toEqual(['drive-too-dark']);
    expect(ids('TP03')).toEqual(['path-too-dark']);
    expect(ids('TP29')).toEqual(['garage-too-dark']);
  });

  it('is watched by distance only where the bin knows no fill', () => {
    const bin = (...metrics: string[]) =>
      testAsset(
        'bin',
        'bin',
        metrics.map((metric) => testPoint('bin', metric, null)),
      );
    const full = (asset: ReturnType<typeof bin>) =>
      rulesFor(standard, asset).map((rule) => rule.id);
    expect(full(bin('distance_cm'))).toEqual(['bin-full-distance']);
    expect(full(bin('distance_cm', 'fill_pct'))).toEqual([
      'bin-full',
      'bin-overflow',
      'bin-not-emptied',
    ]);
  });
});

describe('a rule that reads related assets', () => {
  const lone = testAsset('a', 'pool', [testPoint('a', 'ph', null)]);
  const pool = (vouch: readonly string[]) => ({ ...lone, relations: { vouch } });
  const others = ['b', 'c'].map((id) =>
    testAsset(id, 'pool', [{ ...testPoint(id, 'ph', null), limits: { r: { limit: 9 } } }]),
  );
  const related = relatedIn([...others, testAsset('dry', 'pool', [])]);
  const rule = (given: Clause) =>
    testRule({ id: 'r', when: { all: [{ metric: 'ph', above: 8 }, given] } });
  const vouched = { from: 'vouch', metric: 'ph', above: 7 } as const;

  it('takes any of them, or every one, with limits of its own', () => {
    const any = resolve(rule(vouched), pool(['b', 'c']), related);
    const every = resolve(rule({ ...vouched, every: true }), pool(['b', 'c']), related);
    if ('missing' in any || 'missing' in every) throw new Error('not watched');
    expect(any.when).toMatchObject({ of: [{ op: 'leaf' }, { op: 'any', of: [{ leaf: 1 }, {}] }] });
    expect(every.when).toMatchObject({ of: [{ op: 'leaf' }, { op: 'all' }] });
    expect(any.leaves.map(({ point, from, limit }) => [point, from, limit])).toEqual([
      ['e/a/ph', null, 8],
      ['e/b/ph', 'vouch', 7],
      ['e/c/ph', 'vouch', 7],
    ]);
    expect(resolve(rule(vouched), pool(['b']), related)).toMatchObject({
      when: { of: [{ leaf: 0 }, { op: 'leaf', leaf: 1 }] },
    });
  });

  it('does not watch an asset without the relation, or whose related asset lacks the metric', () => {
    const missing = { missing: ['vouch/ph'] };
    expect(resolve(rule(vouched), lone, related)).toEqual(missing);
    expect(resolve(rule(vouched), pool(['b', 'dry']), related)).toEqual(missing);
    expect(resolve(rule(vouched), pool(['b']))).toEqual(missing);
  });

  it('does without what is optional', () => {
    const optional = rule({ ...vouched, optional: true });
    expect(resolve(optional, lone, related)).toMatchObject({ when: { of: [{ leaf: 0 }] } });
    const some = resolve(optional, pool(['dry', 'c']), related);
    expect('missing' in some ? [] : some.leaves.map((leaf) => leaf.point)).toEqual([
      'e/a/ph',
      'e/c/ph',
    ]);
  });
});

describe('limits of a point', () => {
  it('are computed from attributes, and overridden per point', () => {
    const at = (asset: ReturnType<typeof gate>) =>
      limitsOf(standard, asset, 'e/gate/slam_db').map((l) => [l.rule, Number(l.limit.toFixed(2))]);
    expect(at(gate())).toEqual([
      ['gate-slam', 80],
      ['gate-slam-night', 80],
    ]);
    expect(at(gate(5))).toEqual([
      ['gate-slam', 73.98],
      ['gate-slam-night', 73.98],
    ]);
    expect(at(gate(5, { 'gate-slam': { limit: 90 } }))).toEqual([
      ['gate-slam', 90],
      ['gate-slam-night', 73.98],
    ]);
  });

  it('are conditional when they count only at certain hours or while another state holds', () => {
    const conditional = (asset: Parameters<typeof limitsOf>[1], point: string) =>
      Object.fromEntries(limitsOf(standard, asset, point).map((l) => [l.rule, l.conditional]));
    expect(conditional(gate(), 'e/gate/slam_db')).toEqual({
      'gate-slam': false,
      'gate-slam-night': true,
    });
    expect(conditional(lamp({ rated_w: 45 }), 'e/lamp/lux')).toEqual({ 'path-too-dark': true });
    const bin = testAsset('bin', 'bin', [testPoint('bin', 'temp_c', null)]);
    expect(conditional(bin, 'e/bin/temp_c')).toEqual({ 'bin-fire': false, 'bin-heating': true });
  });

  it('are conditional beside another metric of the same rule, unless the asset lacks it', () => {
    const when = {
      all: [
        { metric: 'ph', above: 8 },
        { metric: 'temp_c', above: 30, optional: true },
      ],
    };
    const two = testStandard([testRule({ id: 'r', when })]);
    const pool = (...metrics: string[]) =>
      testAsset(
        'a',
        'pool',
        metrics.map((metric) => testPoint('a', metric, null)),
      );
    const of = (...metrics: string[]) =>
      limitsOf(two, pool(...metrics), 'e/a/ph').map((l) => l.conditional);
    expect(of('ph', 'temp_c')).toEqual([true]);
    expect(of('ph')).toEqual([false]);
  });

  it('are not drawn where a line across the readings would say nothing', () => {
    const when = (given: Clause) => testRule({ id: 'r', when: { metric: 'ph', ...given } });
    const drawn = (given: Clause) =>
      limitsOf(
        testStandard([when(given)]),
        testAsset('a', 'pool', [testPoint('a', 'ph', null)]),
        'e/a/ph',
      ).length;
    const window = 3_600_000;
    expect(drawn({ above: 8, over: 'percentile', percentile: 95, window })).toBe(1);
    expect(drawn({ above: 8, share: { window, atLeast: 0.5 } })).toBe(1);
    expect(drawn({ above: 1, over: 'range', window })).toBe(0);
    expect(drawn({ above: 1, over: 'rate', window })).toBe(0);
    expect(drawn({ above: 8, absent: window })).toBe(0);
    expect(drawn({ changed: true, absent: window })).toBe(0);
    const baseline = { bucket: window, of: 3, figure: 'mean', by: 'ratio' } as const;
    expect(drawn({ above: 1.2, baseline })).toBe(0);
  });

  it('draw a band as two lines, and leave guards out', () => {
    const pool = testAsset('pool', 'pool', [
      testPoint('pool', 'ph', null),
      testPoint('pool', 'flow_m3h', null),
    ]);
    const ph = limitsOf(standard, pool, 'e/pool/ph').filter((l) => l.rule === 'pool-ph');
    expect(ph).toMatchObject([
      { side: 'below', limit: 7, clear: 7.1, over: 'value', window: null, for: 1_800_000 },
      { side: 'above', limit: 7.8, clear: 7.7 },
    ]);
    const flow = limitsOf(standard, pool, 'e/pool/flow_m3h');
    expect(flow.map((l) => l.rule)).toEqual(['pool-flow']);
  });
});

describe('overrides', () => {
  const pointWith = (limits: Record<string, Record<string, number>>) =>
    testEstate([gate(undefined, limits)]);

  it('change what the engine judges by', () => {
    const estates = [pointWith({ 'gate-slam': { limit: 70, least: 1, of: 1 } })];
    const engine = createEngine({ standard, estates, horizon: 35 * 86_400_000 });
    engine.accept([reading('e/gate/slam_db', 1_800_000_000_000, 71)]);
    expect(engine.episodes().map((e) => e.rule)).toEqual(['gate-slam']);
  });

  it('may lengthen a hold, in seconds', () => {
    const estates = [
      testEstate([
        {
          ...gate(),
          points: [
            { ...testPoint('gate', 'door', null), limits: { 'gate-held-open': { for_s: 90 } } },
          ],
        },
      ]),
    ];
    const engine = createEngine({ standard, estates, horizon: 35 * 86_400_000 });
    engine.accept([reading('e/gate/door', 1_800_000_000_000, 'open')]);
    const pending = engine.conditions('e/gate').find((c) => c.rule === 'gate-held-open');
    expect(pending?.until).toBe(1_800_000_090_000);
  });

  it('that name no rule, or no number of it, are faults', () => {
    const estate = pointWith({ 'gate-slam': { limit: 70, volume: 3 }, 'gate-bang': { limit: 1 } });
    expect(checkOverrides(standard, [estate]).map((fault) => fault.message)).toEqual([
      'gate-slam has no "volume"; it has limit, least, of, for_s, clear_for_s',
      'no rule "gate-bang" watches this point',
    ]);
    expect(checkOverrides(standard, [pointWith({ 'gate-slam': { limit: 70 } })])).toEqual([]);
  });
});

describe('overrides of the newer numbers', () => {
  const rules = testStandard([
    testRule({ id: 'gone', when: { metric: 'ph', above: 8, absent: 3_600_000 } }),
    testRule({
      id: 'often',
      when: { metric: 'ph', above: 8, share: { window: 3_600_000, atLeast: 0.5, clear: 0.2 } },
    }),
    testRule({
      id: 'some',
      when: { metric: 'ph', above: 8, count: { share: 0.5, of: 10, clearShare: 0.2 } },
    }),
    testRule({ id: 'high', when: { metric: 'ph', above: 8, clear: 7.5 } }),
  ]);
  const pool = (limits: Record<string, Record<string, number>>) =>
    testAsset('a', 'pool', [{ ...testPoint('a', 'ph', null), limits }]);
  const leaf = (id: string, limits: Record<string, Record<string, number>>) => {
    const rule = ruleOf(rules, id);
    const resolved = rule === undefined ? undefined : resolve(rule, pool(limits));
    return resolved === undefined || 'missing' in resolved ? undefined : resolved.leaves[0];
  };

  it('are taken', () => {
    expect(leaf('gone', { gone: { absent_s: 90 } })?.absent).toBe(90_000);
    expect(leaf('often', { often: { share: 0.6, clear_share: 0.3 } })?.share).toMatchObject({
      atLeast: 0.6,
      clear: 0.3,
      coverage: 0.5,
    });
    expect(leaf('some', { some: { share: 0.6, of: 20 } })?.count).toMatchObject({
      share: 0.6,
      clearShare: 0.2,
      of: 20,
      minimum: 20,
    });
  });

  it('are faults where they cannot work', () => {
    const faults = checkOverrides(rules, [
      testEstate([
        pool({
          gone: { absent_s: 0 },
          often: { share: 0.1 },
          some: { of: 2.5, share: 1.5 },
          high: { limit: 7 },
        }),
      ]),
    ]);
    expect(faults.map((fault) => `${fault.code} ${fault.where}: ${fault.message}`)).toEqual([
      'STANDARDS_OVERRIDE_VALUE e/a/ph limits.gone: absent_s 0: write a number from 0.001 to 3024000',
      'STANDARDS_OVERRIDE_VALUE e/a/ph limits.often: clear_share 0.2 lies above the share 0.1',
      'STANDARDS_OVERRIDE_VALUE e/a/ph limits.some: of 2.5: write a whole number from 1 to 4096',
      'STANDARDS_OVERRIDE_VALUE e/a/ph limits.some: share 1.5: write a number from 0 to 1',
      'STANDARDS_OVERRIDE_VALUE e/a/ph limits.high: clear 7.5 lies on the breaching side of the limit 7',
    ]);
  });
});

describe('texts', () => {
  it('say a rule with the numbers of the asset', () => {
    const rule = ruleOf(standard, 'gate-slam');
    if (rule === undefined) throw new Error('no rule gate-slam');
    expect(sentenceOf(rule, gate(5)).en).toBe(
      'Slam level above 73.98 dB(A) in 4 of the last 20 readings; clears with 19 of the last 20 readings inside the limit.',
    );
    const lampOut = ruleOf(standard, 'lamp-out');
    if (lampOut === undefined) throw new Error('no rule lamp-out');
    expect(sentenceOf(lampOut).en).toContain('below 10 % of the rated power');
    expect(sentenceOf(lampOut, lamp({ rated_w: 60 })).zh).toContain('低于 6 W');
  });

  it('say the fact of a condition, and the why of an episode', () => {
    const bin = testAsset('bin', 'bin', [testPoint('bin', 'temp_c', 3_600_000)]);
    const engine = createEngine({
      standard,
      estates: [testEstate([bin])],
      horizon: 35 * 86_400_000,
    });
    const facts = () => engine.conditions('e/bin').map((c) => factOf(c, standard, bin).en);
    expect(facts()).toEqual([
      'Temperature: unknown',
      'Temperature: unknown',
      'Temperature: no reading',
    ]);
    engine.accept([reading('e/bin/temp_c', 1_800_000_000_000, 86)]);
    expect(facts()[0]).toBe('Temperature 86 °C, limit 60 °C');
    expect(engine.episodes()[0]?.why).toEqual({
      en: 'Temperature 86 °C at worst, at or above the limit of 60 °C.',
      zh: '温度最高 86 °C，达到或超过限值 60 °C。',
    });
  });
});
