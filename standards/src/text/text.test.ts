import { kinds } from '@caretaker/devices/kinds';
import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { ruleOf } from '../catalogue/standard.ts';
import { testRule } from '../engine/testing/fixture.ts';
import type { Clause, Rule } from '../rules/clause.ts';
import { type Leaf, type Resolvable, type Resolved, resolve } from '../rules/resolve.ts';
import { kindOf } from './metrics.ts';
import { sentenceOf } from './sentence.ts';
import { leafFact, whyOf, whySilent } from './why.ts';
import { band, duration, glue } from './words.ts';

const standard = loadStandard();
const rules = standard.items.flatMap((item) => item.rules);
const attributes = {
  ...{ rated_w: 45, distance_m: 5, commissioned_s: 4, full_cm: 30 },
  ...{ commissioned_kv: 6, empty_cm: 180, minimum_cm: 40, dry_pct: 12, battery_low_v: 3.1 },
};

/** An asset with every metric of its kind that the rule does not shun, and related ones as the rule asks. */
function assetFor(rule: Rule): Resolvable {
  const own = assetOf(rule.kind, rule.unless);
  const relations = Object.fromEntries(
    fromClauses(rule).map((clause) => [clause.from ?? '', [kindOf(rule, clause)]]),
  );
  return { ...own, touchpoint: rule.touchpoints?.[0] ?? 'TP99', relations };
}

function assetOf(kind: string, without: readonly string[] = []): Resolvable {
  const metrics = Object.keys(kinds[kind]?.metrics ?? {});
  const points = metrics
    .filter((metric) => !without.includes(metric))
    .map((metric) => ({ id: `e/${kind}/${metric}`, metric, limits: {} }));
  return { kind, touchpoint: 'TP99', attributes, points };
}

function fromClauses({ when, only, clearWhen }: Rule): Clause[] {
  const within = (clause: Clause | undefined): Clause[] => {
    if (clause === undefined) return [];
    const inner = [...(clause.all ?? []), ...(clause.any ?? []), clause.not].flatMap(within);
    return clause.from === undefined ? inner : [clause];
  };
  return [when, only, clearWhen].flatMap(within);
}

function resolved(rule: Rule): { readonly whole: Resolved; readonly leaf: Leaf } {
  const whole = resolve(rule, assetFor(rule), (kind) => assetOf(kind));
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
      'Lift stopped or in fire service for 3 min; clears after 1 min without it; no ticket while the power feed is at fault.',
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
      'pH 值超出 7.0–7.8，持续 30 分钟；仅在开放时间内、循环流量高于 0 m³/h 时判定；回到 7.1–7.7 持续 15 分钟后解除；已有其他故障说明时不建单。',
    );
  });

  it('of silence', () => {
    expect(whySilent('bin', 'fill_pct', 10_800_000)).toEqual({
      en: 'Fill: no reading for 3 h, so its value is unknown.',
      zh: '满溢率：3 小时无读数，数值未知。',
    });
  });
});

/** The sentence of a rule on a pool, the why of an episode of it and the fact of its condition. */
function saidOf(clause: Clause, worst: ReadingValue, given: Partial<Rule> = {}) {
  const rule = testRule({ id: 'r', when: clause, ...given });
  const { whole, leaf } = resolved(rule);
  const texts = [sentenceOf(rule), whyOf(whole, worst), leafFact(leaf, worst)];
  for (const { en, zh } of texts) {
    expect(`${en}${zh}`).not.toMatch(/undefined|NaN|null| {2}| -\d/);
    expect(zh).not.toMatch(/\p{Script=Han}[A-Za-z\d]|[A-Za-z\d]\p{Script=Han}/u);
  }
  return { en: texts.map((t) => t.en), zh: texts.map((t) => t.zh) };
}

describe('every way of combining readings is said in words', () => {
  const flow = { metric: 'flow_m3h', window: 3_600_000 } as const;

  it('the rate, the rise and the percentile of a window', () => {
    expect(saidOf({ ...flow, over: 'rate', unit: 'm³/h/h', below: -2, clear: -1 }, -3)).toEqual({
      en: [
        'Circulation flow over 1 h (change per hour) below −2 m³/h/h; clears above −1 m³/h/h.',
        'Circulation flow over 1 h (change per hour) −3 m³/h/h at worst, below the limit of −2 m³/h/h.',
        'Circulation flow over 1 h (change per hour) −3 m³/h/h, limit −2 m³/h/h',
      ],
      zh: [
        '循环流量 1 小时每小时变化低于 −2 m³/h/h；高于 −1 m³/h/h 时解除。',
        '循环流量 1 小时每小时变化最低 −3 m³/h/h，低于限值 −2 m³/h/h。',
        '循环流量 1 小时每小时变化 −3 m³/h/h，限值 −2 m³/h/h',
      ],
    });
    expect(saidOf({ ...flow, over: 'percentile', percentile: 95, above: 9 }, 10).en[2]).toBe(
      'Circulation flow over 1 h (percentile 95) 10 m³/h, limit 9 m³/h',
    );
    expect(saidOf({ ...flow, over: 'rise', atLeast: 9 }, 10).zh[0]).toBe(
      '循环流量 1 小时较最低值的升幅达到或超过 9 m³/h。',
    );
    expect(saidOf({ ...flow, over: 'range', atMost: 0 }, 0).en[1]).toBe(
      'Circulation flow over 1 h (highest less lowest) 0 m³/h.',
    );
  });

  it('the share of time, and of readings', () => {
    const share = { window: 3_600_000, atLeast: 0.5, clear: 0.25 };
    expect(saidOf({ metric: 'ph', above: 7.8, share }, 0.625)).toEqual({
      en: [
        'pH above 7.8 for 50 % or more of 1 h; clears under 25 % of 1 h.',
        'pH above 7.8 for 50 % or more of 1 h.',
        'pH above 7.8 for 62.5 % of 1 h, limit 50 %',
      ],
      zh: [
        'pH 值高于 7.8，1 小时内占时不少于 50 %；1 小时内占时低于 25 % 时解除。',
        'pH 值高于 7.8，1 小时内占时不少于 50 %。',
        'pH 值高于 7.8，1 小时内占时 62.5 %，限值 50 %',
      ],
    });
    const count = { share: 0.6, of: 10, clearShare: 0.2 };
    expect(saidOf({ metric: 'ph', above: 7.8, count }, 8)).toEqual({
      en: [
        'pH above 7.8 in 60 % or more of the last 10 readings; clears with under 20 % of the last 10 readings.',
        'pH 8 at worst, above the limit of 7.8 in 60 % or more of the last 10 readings.',
        'pH 8, limit 7.8',
      ],
      zh: [
        'pH 值高于 7.8，最近 10 次读数中不少于 60 %；最近 10 次读数中低于 20 % 时解除。',
        'pH 值最高 8，高于限值 7.8，最近 10 次读数中不少于 60 %。',
        'pH 值 8，限值 7.8',
      ],
    });
  });

  it('a baseline, as a part and as a difference', () => {
    const day = 86_400_000;
    const ratio = { bucket: day, of: 14, figure: 'median', by: 'ratio' } as const;
    expect(
      saidOf(
        { ...flow, over: 'mean', unit: 'ratio', below: 0.7, clear: 0.8, baseline: ratio },
        0.55,
      ),
    ).toEqual({
      en: [
        'Circulation flow over 1 h (mean) below 70 % of the median of the past 14 spans of 24 h; clears above 80 %.',
        'Circulation flow over 1 h (mean) 55 % at worst, below 70 % of the median of the past 14 spans of 24 h.',
        'Circulation flow over 1 h (mean) 55 %, limit 70 %',
      ],
      zh: [
        '循环流量 1 小时均值低于过去 14 个 24 小时时段的中位数的 70 %；高于 80 % 时解除。',
        '循环流量 1 小时均值最低 55 %，低于过去 14 个 24 小时时段的中位数的 70 %。',
        '循环流量 1 小时均值 55 %，限值 70 %',
      ],
    });
    const less = {
      ...{ bucket: 3_600_000, every: day, of: 7 },
      ...({ figure: 'mean', by: 'difference' } as const),
    };
    expect(saidOf({ metric: 'temp_c', unit: '°C', above: 3, baseline: less }, 4).en[1]).toBe(
      'Water temperature minus the mean of the past 7 spans of 1 h 24 h apart 4 °C at worst, above the limit of 3 °C.',
    );
  });

  it('what has not come, what changed, and what stands elsewhere', () => {
    const test = { metric: 'test_ok', is: true, absent: 26 * 3_600_000 } as const;
    expect(saidOf(test, false, { kind: 'perimeter-zone' })).toMatchObject({
      en: [
        'Zone test passed not once for 26 h.',
        'Zone test passed not once for 26 h.',
        'Zone test failed',
      ],
    });
    expect(saidOf({ metric: 'ph', changed: true, absent: 3_600_000 }, 7.2)).toEqual({
      en: ['pH changed not once for 1 h.', 'pH changed not once for 1 h.', 'pH 7.2'],
      zh: ['连续 1 小时未出现 pH 值变化。', '连续 1 小时未出现 pH 值变化。', 'pH 值 7.2'],
    });
    const chatter = { metric: 'ph', changed: true, count: { least: 5, within: 60_000 } } as const;
    expect(saidOf(chatter, 7.2).en[0]).toBe('pH changed 5 times within 1 min.');
    const all = { from: 'vouch', every: true, metric: 'ph', above: 7.8 } as const;
    expect(saidOf({ all: [{ metric: 'ph', above: 8 }, all] }, 8.1).en[0]).toBe(
      'pH above 8 and pH (every sibling sensor) above 7.8.',
    );
    expect(saidOf(all, 8.1).zh[2]).toBe('pH 值（旁证传感器）8.1，限值 7.8');
  });

  it('stages, folding and hiding', () => {
    const more = {
      steps: [
        { severity: 'high', above: 8.5 },
        { severity: 'emergency', after: 7_200_000 },
      ],
      fold: 600_000,
      hiddenBy: [{ relation: 'power', rules: ['q'] }, { rules: ['p'] }],
    } as const;
    const { en, zh } = saidOf({ metric: 'ph', above: 7.8 }, 8, more);
    expect(en[0]).toBe(
      'pH above 7.8; high when above 8.5, emergency after 2 h; breaches at most 10 min apart count as one; no ticket while the power feed is at fault; no ticket while another fault explains it.',
    );
    expect(zh[0]).toBe(
      'pH 值高于 7.8；高于 8.5 时升为高优先级，满 2 小时升为紧急；间隔不超过 10 分钟的视为同一次；供电回路故障期间不建单；已有其他故障说明时不建单。',
    );
  });

  it('dates', () => {
    const said = (calendar: Clause['calendar']) =>
      saidOf(
        { all: [{ metric: 'ph', above: 8 }, calendar === undefined ? {} : { calendar }] },
        8.5,
      );
    expect(said({ hours: '22:00-06:00', days: ['fri', 'sat'], months: [6, 7] }).en[0]).toBe(
      'pH above 8 between 22:00 and 06:00 on Fri, Sat in Jun, Jul.',
    );
    expect(said({ sunBelow: -6, holidays: true }).zh[0]).toBe(
      '节假日夜间（太阳高度低于 −6°）pH 值高于 8。',
    );
    expect(said({ opening: 'peak', holidays: false }).en[1]).toBe(
      'pH 8.5 at worst, above the limit of 8 at peak hours except on holidays.',
    );
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
