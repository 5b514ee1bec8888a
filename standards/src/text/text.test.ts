import { kinds } from '@caretaker/devices/kinds';
import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { ruleOf } from '../catalogue/standard.ts';
import type { Rule } from '../rules/clause.ts';
import { type Leaf, type Resolvable, type Resolved, resolve } from '../rules/resolve.ts';
import { sentenceOf } from './sentence.ts';
import { leafFact, whyOf, whySilent } from './why.ts';
import { band, duration, glue } from './words.ts';

const standard = loadStandard();
const rules = standard.items.flatMap((item) => item.rules);
const attributes = {
  ...{ rated_w: 45, distance_m: 5, commissioned_s: 4, full_cm: 30 },
  ...{ commissioned_kv: 6, empty_cm: 180, minimum_cm: 40, dry_pct: 12, battery_low_v: 3.1 },
};

/** An asset with every metric of its kind that the rule does not shun. */
function assetFor(rule: Rule): Resolvable {
  const metrics = Object.keys(kinds[rule.kind]?.metrics ?? {});
  const points = metrics
    .filter((metric) => !rule.unless?.includes(metric))
    .map((metric) => ({ id: `e/a/${metric}`, metric, limits: {} }));
  return { kind: rule.kind, touchpoint: rule.touchpoints?.[0] ?? 'TP99', attributes, points };
}

function resolved(rule: Rule): { readonly whole: Resolved; readonly leaf: Leaf } {
  const whole = resolve(rule, assetFor(rule));
  const leaf = 'missing' in whole ? undefined : whole.leaves[0];
  if ('missing' in whole || leaf === undefined) throw new Error(`${rule.id} is not watched`);
  return { whole, leaf };
}

/** What its first metric may say. */
function valuesOf(rule: Rule, leaf: Leaf): ReadingValue[] {
  const metric = kinds[rule.kind]?.metrics[leaf.metric];
  if (metric?.type === 'state') return [...(metric.states ?? [])];
  return metric?.type === 'flag' ? [true, false] : [-3.456, 0, 86];
}

/** Everything that is ever generated about a rule. */
function textsOf(rule: Rule): Text[] {
  if (rule.builtin !== undefined) return [rule.title, sentenceOf(rule)];
  const { whole, leaf } = resolved(rule);
  const values = [...valuesOf(rule, leaf), null];
  return [
    rule.title,
    sentenceOf(rule),
    sentenceOf(rule, assetFor(rule)),
    ...values.map((value) => whyOf(whole, value)),
    ...values.map((value) => leafFact(leaf, value)),
  ];
}

const said = (id: string) => {
  const rule = ruleOf(standard, id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const { whole, leaf } = resolved(rule);
  return {
    sentence: sentenceOf(rule),
    why: (value: ReadingValue | null) => whyOf(whole, value),
    fact: (value: ReadingValue | null) => leafFact(leaf, value),
  };
};

describe.each(rules.map((rule) => [rule.id, rule] as const))('the texts of %s', (_id, rule) => {
  it('keep to full-width marks and have no space between Chinese words', () => {
    for (const { zh } of textsOf(rule)) {
      const bare = zh.replaceAll('dB(A)', 'dB');
      expect(bare).not.toMatch(/[,;!?()]|[:.](?!\d)/);
      expect(bare).not.toMatch(/[\p{Script=Han}，。：；（）] +[\p{Script=Han}，。：；（）]/u);
      expect(bare).not.toMatch(/[，。：；（] | [，。：；）]| {2}/);
      expect(bare).not.toMatch(/\p{Script=Han}[A-Za-z\d]|[A-Za-z\d]\p{Script=Han}/u);
    }
  });

  it('begin with a capital, and say states in words', () => {
    for (const { en, zh } of textsOf(rule)) {
      expect(en).toMatch(/^([A-Z]|pH|\d)/);
      expect(en).not.toMatch(/ {2}|\byes\b|\btrue\b|\bfalse\b|: no\b|undefined|NaN| -\d/);
      expect(zh).not.toMatch(/：(是|否)|true|false|undefined|NaN| -\d/);
    }
  });
});

describe('what is said', () => {
  it('of a state', () => {
    expect(said('lift-trapped').fact(true)).toEqual({ en: 'Person trapped', zh: '轿厢困人' });
    expect(said('lift-trapped').fact(false)).toEqual({ en: 'Nobody trapped', zh: '轿厢无困人' });
    expect(said('gate-held-open').fact('open')).toEqual({ en: 'Door open', zh: '门开启' });
    expect(said('gate-held-open').fact(null)).toEqual({
      en: 'Door: unknown',
      zh: '门状态：未知',
    });
    expect(said('lift-out-of-service').sentence.en).toBe(
      'Lift stopped or in fire service for 3 min; clears after 1 min without it.',
    );
  });

  it('of a number, with its unit on both sides', () => {
    expect(said('lamp-out').fact(0).en).toBe('Lamp power 0 W, limit 4.5 W');
    expect(said('pool-ph').fact(8.05)).toEqual({
      en: 'pH 8.05, limits 7.0–7.8',
      zh: 'pH 值 8.05，限值 7.0–7.8',
    });
    expect(said('gate-force').why(63)).toEqual({
      en: 'Opening force 63 N at worst, above the limit of 50 N in 5 of the last 10 readings.',
      zh: '开门力最高 63 N，高于限值 50 N，最近 10 次读数中有 5 次。',
    });
    expect(said('gate-force').why(null).zh).toBe('开门力高于限值 50 N，最近 10 次读数中有 5 次。');
  });

  it('of the hours at which it counts', () => {
    expect(said('entrance-too-dark').why(3)).toEqual({
      en: 'Illuminance 3 lx at worst, below the limit of 5 lx for 15 min or longer at night.',
      zh: '夜间照度最低 3 lx，低于限值 5 lx，持续 15 分钟以上。',
    });
    expect(said('barrier-stuck-open-night').sentence).toEqual({
      en: 'Arm open and no vehicle on the loop between 23:00 and 06:00 for 2 min; clears after 30 s with arm closed or closing.',
      zh: '23:00 至 06:00 之间闸杆升起且地感无车，持续 2 分钟；闸杆落下或正在落下持续 30 秒后解除。',
    });
    expect(said('pool-ph').sentence.zh).toBe(
      'pH 值超出 7.0–7.8，持续 30 分钟；仅在开放时间内、循环流量高于 0 m³/h 时判定；回到 7.1–7.7 持续 15 分钟后解除。',
    );
  });

  it('of silence', () => {
    expect(whySilent('bin', 'fill_pct', 10_800_000)).toEqual({
      en: 'Fill: no reading for 3 h, so its value is unknown.',
      zh: '满溢率：3 小时无读数，数值未知。',
    });
  });
});

describe('pieces', () => {
  it('put a space where Chinese meets letters or figures, and nowhere else', () => {
    expect(glue('高于', '限值', '5 lx', '，持续')).toBe('高于限值 5 lx，持续');
    expect(glue('夜间', 'pH 值', '', '超出')).toBe('夜间 pH 值超出');
  });

  it('write a band with the same decimals on both ends', () => {
    const bands = [band([7, 7.8], ''), band([-10, 10], 'mm'), band([-5, 10], '°C')];
    expect(bands.map((b) => b.en)).toEqual(['7.0–7.8', '±10 mm', '−5 to 10 °C']);
  });

  it('write a duration in its largest whole unit', () => {
    const units = [90_000, 86_400_000, 172_800_000, 500].map(duration);
    expect(units.map((d) => d.en)).toEqual(['90 s', '24 h', '2 d', '500 ms']);
  });
});
