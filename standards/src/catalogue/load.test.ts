import { readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '@caretaker/devices/kinds';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../text/sentence.ts';
import { loadStandard, readStandard } from './load.ts';
import { titleOf } from './standard.ts';

const groups = {
  name: 'groups.yaml',
  text: 'groups: [{id: water, number: 10, name: {en: W, zh: 水}}]',
};

/** One touchpoint with one item whose rules are given as YAML flow maps. */
function catalogue(...rules: readonly string[]) {
  const lines = [
    'id: TP32',
    'name: {en: Pool, zh: 泳池}',
    'group: water',
    'items:',
    '  - id: TP32-S1',
    '    name: {en: Item, zh: 条目}',
    '    aspect: facility',
    '    check: sensor',
    '    kano: must-be',
    '    team: engineering',
    '    source: test',
    '    origin: ours',
    '    confirmed: true',
    '    rules:',
    ...rules.map((rule) => `      - ${rule}`),
  ];
  return [groups, { name: 'TP32.yaml', text: lines.join('\n') }];
}

const rest =
  'title: {en: Fault, zh: 故障}, severity: low, effect: none, source: s, confirmed: true';
const ruleWith = (when: string, more = '') => `{id: r, kind: pool, when: ${when}, ${more}${rest}}`;

function faultsOf(files: readonly { name: string; text: string }[]) {
  try {
    readStandard(files);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the built-in catalogue', () => {
  const standard = loadStandard();

  it('loads, is frozen, and names its content', () => {
    expect(standard.version).toMatch(/^[0-9a-f]{12}$/);
    expect(loadStandard().version).toBe(standard.version);
    expect(() => Object.assign(standard.items[0] ?? {}, { id: 'x' })).toThrow(TypeError);
  });

  it('has 21 groups in order, and every item in one of them', () => {
    expect(standard.groups.map((group) => group.number)).toEqual(
      Array.from({ length: 21 }, (_, k) => k + 1),
    );
    const known = new Set(standard.groups.map((group) => group.id));
    for (const item of standard.items) expect(known.has(item.group)).toBe(true);
  });

  it('has a rule for every kind, or one that reads it through a relation', () => {
    const rules = standard.items.flatMap((i) => i.rules);
    const watched = new Set(rules.map((r) => r.kind));
    const read = [
      ...JSON.stringify(rules).matchAll(
        /"from":"[^"]+"[^{}]*"metric":"(\w+)"|"metric":"(\w+)"[^{}]*"from":/g,
      ),
    ];
    const related = new Set(read.flatMap(([, after, before]) => after ?? before ?? []));
    for (const kind of Object.values(kinds)) {
      const named = Object.keys(kind.metrics).some((metric) => related.has(metric));
      expect(watched.has(kind.id) || named, kind.id).toBe(true);
    }
  });

  it('keeps what latches alone, and danger to people an emergency', () => {
    const rules = standard.items.flatMap((i) => i.rules);
    const latching = rules.filter((rule) => rule.latched);
    expect(latching.map((rule) => rule.id).sort()).toEqual([
      'gateway-readings-lost',
      'gateway-readings-thinned',
      'lift-trapped',
      'manhole-open',
      'toilet-call',
    ]);
    const urgent = rules.filter((rule) => rule.severity === 'emergency');
    expect(urgent.map((rule) => rule.id).sort()).toEqual([
      'bin-fire',
      'bin-heating',
      'fire-door-open-in-alarm',
      'fire-door-open-in-panel-alarm',
      'garage-co-danger',
      'garage-flood',
      'lift-trapped',
      'manhole-open',
      'toilet-call',
    ]);
  });

  it('names the fault of every rule in a few words, not the ideal of its item', () => {
    const names = new Set(standard.items.map((item) => item.name.en));
    for (const rule of standard.items.flatMap((i) => i.rules)) {
      expect(rule.title.en, rule.id).toMatch(/^[A-Z][^.]{4,40}$/);
      expect(rule.title.zh, rule.id).toMatch(/^\p{Script=Han}[^。]{2,20}$/u);
      expect(names.has(rule.title.en), rule.id).toBe(false);
    }
    expect(titleOf(standard, 'lift-trapped').en).toBe('Person trapped in lift');
    expect(titleOf(standard, 'silence:ph')).toEqual(titleOf(standard, 'silence'));
    expect(titleOf(standard, 'gone')).toEqual({ en: 'gone', zh: 'gone' });
  });

  it('asks for no attribute that the documents do not list, each with the kind it belongs to', () => {
    const file = path.join(import.meta.dirname, '../../../docs/configuration.md');
    const rows = readFileSync(file, 'utf8').matchAll(/^\| `(\w+)` \| ([a-z-]+) \| .* \| .* \|$/gm);
    const asked = standard.items
      .flatMap((i) => i.rules)
      .flatMap((rule) => {
        const found = JSON.stringify(rule).matchAll(/"attribute":"(\w+)"/g);
        return [...found].map(([, attribute]) => `${attribute} ${rule.kind}`);
      });
    expect([...rows].map(([, attribute, kind]) => `${attribute} ${kind}`).sort()).toEqual(
      [...new Set(asked)].sort(),
    );
  });

  it('gives every rule a sentence in both languages', () => {
    for (const rule of standard.items.flatMap((i) => i.rules)) {
      const sentence = sentenceOf(rule);
      expect(sentence.en, rule.id).toMatch(/^\S.+\.$/);
      expect(sentence.zh, rule.id).toMatch(/\p{Script=Han}.*。$/u);
      expect(`${sentence.en}${sentence.zh}`, rule.id).not.toMatch(/undefined|NaN|null|\{/);
    }
  });
});

describe('a bad standard', () => {
  it('is refused with every fault at once, each with its line', () => {
    const files = catalogue(
      ruleWith('{metric: chlorine, above: 1}'),
      '{id: r2, kind: pool, when: {metric: free_cl, above: 1, unit: ppm}, severity: urgent, effect: none, source: s, confirmed: true, title: {en: F, zh: 故障}}',
    );
    const second = catalogue(
      ruleWith('{metric: chlorine, above: 1}'),
      ruleWith('{metric: free_cl, above: 1, unit: ppm}').replace('id: r,', 'id: r2,'),
    );
    expect(faultsOf(files).map((f) => `${f.code} ${f.where}`)).toEqual([
      'STANDARDS_SCHEMA TP32.yaml:16 items[0].rules[1].severity',
      'STANDARDS_UNKNOWN_METRIC TP32.yaml:15 items[0].rules[0].when.metric',
      'STANDARDS_WRONG_UNIT TP32.yaml:16 items[0].rules[1].when.unit',
    ]);
    expect(faultsOf(second).map((f) => `${f.code} ${f.where}`)).toEqual([
      'STANDARDS_UNKNOWN_METRIC TP32.yaml:15 items[0].rules[0].when.metric',
      'STANDARDS_WRONG_UNIT TP32.yaml:16 items[0].rules[1].when.unit',
    ]);
  });

  it.each([
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, abov: 8}'), /abov/],
    [
      'STANDARDS_SCHEMA',
      ruleWith('{metric: ph, above: 8}').replace(/title: [^}]*}, /, ''),
      /expected object/,
    ],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8}', 'for: ten minutes, '), /no duration/],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8}', 'for: 36d, '), /bound of 35d/],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8, count: {least: 1, of: 5000}}'), /4096/],
    ['STANDARDS_SCHEMA', ruleWith('{calendar: {hours: 25:00-26:00}}'), /write 22:00-06:00/],
    [
      'STANDARDS_UNKNOWN_KIND',
      `{id: r, kind: any, when: {metric: ph, above: 8}, ${rest}}`,
      /there/,
    ],
    [
      'STANDARDS_UNKNOWN_KIND',
      `{id: r, kind: sauna, when: {metric: ph, above: 8}, ${rest}}`,
      /there are/,
    ],
    ['STANDARDS_UNKNOWN_METRIC', ruleWith('{metric: lux, above: 8}'), /it has ph/],
    ['STANDARDS_WRONG_UNIT', ruleWith('{metric: orp_mv, above: 8}'), /mV/],
    [
      'STANDARDS_UNKNOWN_VALUE',
      `{id: r, kind: lift, when: {metric: mode, is: broken}, ${rest}}`,
      /normal, stopped/,
    ],
    ['STANDARDS_UNKNOWN_VALUE', ruleWith('{metric: ph, is: 7}'), /is a number/],
    ['STANDARDS_CLEAR_SIDE', ruleWith('{metric: ph, above: 8, clear: 8.5}'), /above the limit/],
    ['STANDARDS_CLEAR_SIDE', ruleWith('{metric: ph, below: 7, clear: 6}'), /below the limit/],
    [
      'STANDARDS_CLEAR_SIDE',
      ruleWith('{metric: ph, outside: [7, 8], clearInside: [6, 8]}'),
      /inside/,
    ],
    [
      'STANDARDS_CLEAR_SIDE',
      ruleWith('{all: [{metric: ph, above: 8}, {not: {metric: ph, above: 7, clear: 6}}]}'),
      /under "not"/,
    ],
    ['STANDARDS_RULE_SHAPE', ruleWith('{metric: ph}'), /exactly one of above/],
    ['STANDARDS_RULE_SHAPE', ruleWith('{metric: ph, above: 8, below: 7}'), /exactly one of above/],
    [
      'STANDARDS_RULE_SHAPE',
      ruleWith('{all: [{metric: ph, above: 8}], any: [{metric: ph, above: 8}]}'),
      /exactly one of all/,
    ],
    ['STANDARDS_RULE_SHAPE', ruleWith('{calendar: {sunBelow: -6}}'), /no metric/],
    ['STANDARDS_RULE_SHAPE', `{id: r, kind: pool, ${rest}}`, /needs a condition/],
    ['STANDARDS_WINDOW', ruleWith('{metric: ph, above: 8, over: mean}'), /belong together/],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, count: {least: 3, of: 2}}'),
      /never be reached/,
    ],
    ['STANDARDS_WINDOW', ruleWith('{metric: ph, above: 8, count: {least: 3}}'), /needs "of"/],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, clear: 7, count: {least: 3, of: 9}}'),
      /only with clearLeast/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, count: {least: 3, share: 0.5, of: 9}}'),
      /exactly one of least and share/,
    ],
    ['STANDARDS_WINDOW', ruleWith('{metric: ph, above: 8, count: {share: 0.5}}'), /needs "of"/],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, count: {share: 0.5, of: 9, clearShare: 0.6}}'),
      /above the share/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, count: {share: 0.5, of: 9, minimum: 10}}'),
      /never be reached/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, over: percentile, window: 1h}'),
      /percentile: 1 to 99/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, over: max, window: 1h, absent: 1h}'),
      /absent and over exclude/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, clear: 7, absent: 1h}'),
      /no effect beside absent/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith('{metric: ph, above: 8, share: {window: 1h, atLeast: 0.5, clear: 0.6}}'),
      /above the share/,
    ],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8, over: max, window: 0s}'), /no time/],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8, over: max, window: 36d}'), /bound/],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8}', 'fold: 25h, '), /bound of 24h/],
    ['STANDARDS_SCHEMA', ruleWith('{metric: ph, above: 8}', 'hold: 5m, '), /there are id, title/],
    [
      'STANDARDS_WINDOW',
      ruleWith(
        '{metric: ph, above: 2, baseline: {bucket: 1d, of: 36, figure: mean, by: difference}}',
      ),
      /bound of 35d/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith(
        '{metric: ph, above: 2, baseline: {bucket: 5m, of: 30, every: 1d, figure: mean, by: difference}}',
      ),
      /more than 4096 buckets/,
    ],
    [
      'STANDARDS_WINDOW',
      ruleWith(
        '{metric: ph, above: 2, baseline: {bucket: 1h, of: 3, every: 90m, figure: mean, by: difference}}',
      ),
      /multiple of bucket/,
    ],
    [
      'STANDARDS_WRONG_UNIT',
      ruleWith(
        '{metric: flow_m3h, unit: m³/h, below: 0.7, baseline: {bucket: 1d, of: 14, figure: median, by: ratio}}',
      ),
      /"ratio"/,
    ],
    [
      'STANDARDS_WRONG_UNIT',
      ruleWith('{metric: temp_c, unit: °C, over: rate, window: 1h, above: 3}'),
      /"°C\/h"/,
    ],
    ['STANDARDS_RULE_SHAPE', ruleWith('{metric: ph, changed: true}'), /beside count or absent/],
    ['STANDARDS_RULE_SHAPE', ruleWith('{calendar: {hours: 08:00-09:00}, above: 3}'), /"above"/],
    ['STANDARDS_RULE_SHAPE', ruleWith('{metric: ph, above: 8, every: true}'), /needs "from"/],
    [
      'STANDARDS_UNKNOWN_RELATION',
      ruleWith('{metric: ph, above: 8, from: uncle}'),
      /there are power, weather/,
    ],
    [
      'STANDARDS_UNKNOWN_METRIC',
      ruleWith('{metric: chlorine, above: 8, from: vouch}'),
      /no kind has/,
    ],
    ['STANDARDS_WRONG_UNIT', ruleWith('{metric: lux, above: 8, from: light}'), /"lx"/],
    [
      'STANDARDS_STEP',
      ruleWith('{metric: ph, above: 8}', 'steps: [{severity: high, above: 8}], '),
      /not beyond the limit of 8/,
    ],
    [
      'STANDARDS_STEP',
      ruleWith('{metric: ph, above: 8}', 'steps: [{severity: high, below: 7}], '),
      /write \{severity, above\}/,
    ],
    [
      'STANDARDS_STEP',
      ruleWith('{metric: ph, above: 8}', 'steps: [{severity: low, after: 1h}], '),
      /more severe than its rule \(low\): write emergency, high, medium/,
    ],
    [
      'STANDARDS_STEP',
      ruleWith('{metric: ph, above: 8, absent: 1h}', 'steps: [{severity: high, above: 9}], '),
      /no size/,
    ],
    [
      'STANDARDS_UNREACHABLE',
      ruleWith(
        '{all: [{metric: ph, above: 8}, {calendar: {hours: 22:00-06:00, delay: 1h}}]}',
        'for: 7h, ',
      ),
      /last 7 h at most/,
    ],
    [
      'STANDARDS_UNREACHABLE',
      ruleWith('{metric: ph, above: 8}', 'only: {calendar: {days: [sat, sun]}}, for: 3d, '),
      /last 48 h at most/,
    ],
    [
      'STANDARDS_UNREACHABLE',
      ruleWith('{all: [{metric: ph, above: 8}, {calendar: {hours: 08:00-09:00, delay: 1h}}]}'),
      /over before they start/,
    ],
    ['STANDARDS_SCHEMA', ruleWith('{calendar: {delay: 1h}}'), /has one of sunBelow/],
    ['STANDARDS_SCHEMA', ruleWith('{calendar: {days: [mon], delay: 1h}}'), /needs opening/],
    [
      'STANDARDS_UNKNOWN_RULE',
      ruleWith('{metric: ph, above: 8}', 'hiddenBy: [{relation: power, rules: [dark]}], '),
      /no rule "dark"/,
    ],
    [
      'STANDARDS_HIDING',
      ruleWith('{metric: ph, above: 8}', 'latched: true, hiddenBy: [{rules: [q]}], '),
      /what latches is never hidden/,
    ],
    [
      'STANDARDS_HIDING',
      ruleWith(
        '{metric: ph, above: 8}',
        'steps: [{severity: emergency, above: 9}], hiddenBy: [{rules: [q]}], ',
      ),
      /an emergency is never hidden/,
    ],
    [
      'STANDARDS_LOCAL',
      ruleWith('{metric: ph, above: 8}', 'local: true, ').replace(
        /severity: \w+/,
        'severity: advice',
      ),
      /advice opens no ticket/,
    ],
    [
      'STANDARDS_LOCAL',
      `{id: r, kind: any, builtin: silence, local: true, ${rest}}`,
      /only the cloud judges/,
    ],
    [
      'STANDARDS_CYCLIC_SUPPRESSION',
      ruleWith('{metric: ph, above: 8}', 'hiddenBy: [{relation: power, rules: [r]}], '),
      /r → r/,
    ],
  ])('is refused: %s %s', (code, rule, message) => {
    const faults = faultsOf(catalogue(rule));
    expect(faults.map((f) => f.code)).toContain(code);
    expect(faults.map((f) => f.message).join('\n')).toMatch(message);
    for (const fault of faults) expect(fault.where).toMatch(/^TP32\.yaml:\d+/);
  });

  it.each([
    ['{ key: T01, within: 20m, every: day, confirmed: true }', /at most one of/],
    ['{ key: T08, count: 3, confirmed: true }', /count and of/],
    ['{ key: first, confirmed: true }', /write T01/],
    ['{ key: T24, by: ["7.30"], confirmed: true }', /write 07:30/],
    ['{ key: T20, hours: ["07:00"], confirmed: true }', /write 22:00-06:00/],
    ['{ key: T01, within: 20m }', /expected boolean/],
  ])('is refused for the time limit %s', (time, message) => {
    const [, sound] = catalogue(ruleWith('{metric: ph, above: 8}'));
    const text = (sound?.text ?? '').replace('    source:', `    times: [${time}]\n    source:`);
    const [fault, ...more] = faultsOf([groups, { name: 'TP32.yaml', text }]);
    expect(fault?.where).toMatch(/^TP32\.yaml:11 items\[0\]\.times\[0\]/);
    expect(fault?.message).toMatch(message);
    expect(more).toEqual([]);
  });

  it('is not refused for hours, days and steps that can be reached', () => {
    const sound = [
      ruleWith(
        '{all: [{metric: ph, above: 8}, {calendar: {hours: 22:00-06:00, days: [mon], months: [6]}}]}',
        'for: 7h, steps: [{severity: high, above: 8.5}, {severity: emergency, after: 1h}], ',
      ),
      '{id: b, kind: pool, when: {all: [{metric: ph, above: 8}, {calendar: {days: [fri, sat, sun, mon], holidays: false}}]}, for: 3d, fold: 24h, hiddenBy: [{rules: [c]}], ' +
        `${rest}}`,
      `{id: d, kind: lift, when: {metric: trapped, is: true, share: {window: 1h, atLeast: 0.5}}, steps: [{severity: high, above: 0.75}], ${rest}}`,
      `{id: c, kind: pool, when: {metric: ph, outside: [7, 8]}, steps: [{severity: medium, below: 6.5}], ${rest}}`,
    ];
    expect(faultsOf(catalogue(...sound))).toEqual([]);
  });

  it('is refused for rules that hide each other, once for each circle', () => {
    const hiddenBy = (id: string, ...others: string[]) =>
      `{id: ${id}, kind: pool, when: {metric: ph, above: 8}, hiddenBy: [{rules: [${others.join(', ')}]}], ${rest}}`;
    const faults = faultsOf(
      catalogue(
        hiddenBy('a', 'b', 'd'),
        hiddenBy('b', 'c'),
        hiddenBy('c', 'a'),
        hiddenBy('d', 'c'),
      ),
    );
    expect(faults.map((f) => f.message)).toEqual(['it hides itself: a → b → c → a']);
    expect(faults[0]?.where).toBe('TP32.yaml:15 items[0].rules[0].hiddenBy');
  });

  it('has the sound parts of a broken rule checked, and what it shares with other rules', () => {
    const broken = ruleWith(
      '{all: [{metric: ph, abov: 9}, {metric: temp_c, unit: °F, above: 90, clear: 95}, {not: {metric: lux, above: 3}}]}',
      'hiddenBy: [{rules: [q]}, {rules: [gone]}], for: soon, only: {metric: orp_mv, above: 3}, ',
    );
    const hidden = ruleWith('{metric: ph, above: 8}', 'hiddenBy: [{rules: [r]}], ');
    const files = catalogue(
      broken,
      hidden.replace('id: r,', 'id: q,'),
      ruleWith('{metric: ph, above: 8}'),
    );
    expect(faultsOf(files).map((f) => `${f.code} ${f.where}`)).toEqual([
      'STANDARDS_SCHEMA TP32.yaml:15 items[0].rules[0].when.all[0]',
      'STANDARDS_SCHEMA TP32.yaml:15 items[0].rules[0].for',
      'STANDARDS_WRONG_UNIT TP32.yaml:15 items[0].rules[0].when.all[1].unit',
      'STANDARDS_CLEAR_SIDE TP32.yaml:15 items[0].rules[0].when.all[1].clear',
      'STANDARDS_UNKNOWN_METRIC TP32.yaml:15 items[0].rules[0].when.all[2].not.metric',
      'STANDARDS_WRONG_UNIT TP32.yaml:15 items[0].rules[0].only.unit',
      'STANDARDS_DUPLICATE_ID TP32.yaml:17 items[0].rules[2].id',
      'STANDARDS_UNKNOWN_RULE TP32.yaml:15 items[0].rules[0].hiddenBy[1].rules[0]',
      'STANDARDS_CYCLIC_SUPPRESSION TP32.yaml:15 items[0].rules[0].hiddenBy',
    ]);
  });

  it('is refused for ids used twice, groups that do not exist, shared latches and broken YAML', () => {
    const twice = catalogue(ruleWith('{metric: ph, above: 8}'), ruleWith('{metric: ph, above: 9}'));
    expect(faultsOf(twice).map((f) => f.code)).toEqual(['STANDARDS_DUPLICATE_ID']);
    const [, touchpoint] = catalogue(ruleWith('{metric: ph, above: 8}'));
    expect(faultsOf(touchpoint === undefined ? [] : [touchpoint]).map((f) => f.code)).toEqual([
      'STANDARDS_UNKNOWN_GROUP',
    ]);
    const latching = ruleWith('{metric: ph, above: 8}', 'latched: true, ');
    const shared = catalogue(
      latching,
      ruleWith('{metric: ph, above: 9}').replace('id: r,', 'id: q,'),
    );
    expect(faultsOf(shared).map((f) => f.code)).toEqual(['STANDARDS_LATCH_SHARED']);
    const broken = [groups, { name: 'TP32.yaml', text: 'id: TP32\nname: {en: Pool' }];
    const [fault] = faultsOf(broken);
    expect(fault?.code).toBe('STANDARDS_NOT_YAML');
    expect(fault?.where).toMatch(/^TP32\.yaml:\d/);
  });
});
