import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadStandard, readStandard } from '../catalogue/load.ts';
import type { Item, Standard } from '../catalogue/standard.ts';
import type { Clause, Rule } from '../rules/clause.ts';
import { sealStandard } from './content.ts';
import { diffStandards } from './diff.ts';

const texts = {
  'groups.yaml': 'groups: [{ id: access, number: 1, name: { en: Access, zh: 出入口 } }]',
  'TP01.yaml': `
id: TP01
name: { en: Gates, zh: 门禁 }
group: access
items:
  - id: TP01-01
    name: { en: Closes, zh: 关闭 }
    aspect: facility
    check: sensor
    kano: must-be
    team: engineering
    source: F1
    origin: standard
    confirmed: true
    times: [{ key: T01, within: 20m, confirmed: true }]
    rules:
      - id: held-open
        title: { en: Gate held open, zh: 门禁未关 }
        kind: access-gate
        when: { metric: door, is: open }
        for: 60s
        clearFor: 10s
        severity: advice
        effect: none
        source: practice
        confirmed: false
      - id: slam
        title: { en: Gate slams, zh: 关门声大 }
        kind: access-gate
        when:
          metric: slam_db
          unit: dB(A)
          above: { attribute: distance_m, otherwise: 10, log10: true, scale: 20, offset: 60 }
          count: { least: 4, of: 20, clearLeast: 19, clearOf: 20 }
        severity: medium
        effect: degraded
        source: practice
        confirmed: false
      - id: slam-open
        title: { en: Gate slams open, zh: 开门声大 }
        kind: access-gate
        when:
          all:
            - { metric: slam_db, unit: dB(A), atLeast: 80, clear: 75 }
            - { metric: door, is: open }
        severity: medium
        effect: degraded
        source: practice
        confirmed: false
`,
  'TP02.yaml': `
id: TP02
name: { en: Lobby, zh: 大堂 }
group: access
items: []
`,
};
const standard = readStandard(Object.entries(texts).map(([name, text]) => ({ name, text })));

/** The standard with one of its rules, of whatever item, made otherwise. */
function edit(id: string, change: (rule: Rule) => Partial<Rule>): Standard {
  const items = standard.items.map((item) => ({
    ...item,
    rules: item.rules.map((rule) => (rule.id === id ? { ...rule, ...change(rule) } : rule)),
  }));
  return sealStandard({ ...standard, items });
}

/** The whole diff of one changed rule, as a person reads it. */
function told(changed: Standard): string[] {
  return diffStandards(standard, changed).touchpoints.flatMap((touchpoint) =>
    touchpoint.items.flatMap((item) =>
      item.rules.flatMap((rule) => rule.changes.flatMap(({ text }) => [text.en, text.zh])),
    ),
  );
}

const when = (change: Partial<Clause>) => (rule: Rule) => ({ when: { ...rule.when, ...change } });

describe('the difference between two versions', () => {
  it('is nothing between the same', () => {
    const same = diffStandards(standard, sealStandard(standard));
    expect(same).toMatchObject({ from: standard.version, to: standard.version });
    expect(same.touchpoints).toEqual([]);
    expect(same.counts.rules).toEqual({ added: 0, removed: 0, changed: 0 });
  });

  it('names touchpoint, item and rule, and what reads otherwise in it', () => {
    const { touchpoints, counts } = diffStandards(
      standard,
      edit('held-open', () => ({ for: 90_000 })),
    );
    expect(counts).toEqual({
      items: { added: 0, removed: 0, changed: 1 },
      rules: { added: 0, removed: 0, changed: 1 },
    });
    expect(touchpoints).toMatchObject([
      {
        id: 'TP01',
        what: 'changed',
        changes: [],
        items: [{ id: 'TP01-01', what: 'changed', changes: [], rules: [{ id: 'held-open' }] }],
      },
    ]);
    const [change] = touchpoints[0]?.items[0]?.rules ?? [];
    expect(change).toMatchObject({
      what: 'changed',
      changes: [{ path: 'for', text: { en: 'for 60 s → 90 s', zh: '持续 60 秒 → 90 秒' } }],
    });
  });

  it.each<[string, string, (rule: Rule) => Partial<Rule>, string[]]>([
    [
      'a limit in its unit, said once, with the name of its metric where there are several',
      'slam-open',
      (rule) => ({ when: { all: edited(rule, 0, { atLeast: 82, clear: 76.5 }) } }),
      [
        'slam level: limit 80 → 82 dB(A)',
        '关门声级：限值 80 → 82 dB(A)',
        'slam level: clear limit 75 → 76.5 dB(A)',
        '关门声级：解除限值 75 → 76.5 dB(A)',
      ],
    ],
    [
      'a side that is turned',
      'slam-open',
      (rule) => ({ when: { all: edited(rule, 0, { atLeast: undefined, above: 80 }) } }),
      [
        'slam level: limit at or above 80 dB(A) → above 80 dB(A)',
        '关门声级：限值：达到或超过 80 dB(A) → 高于 80 dB(A)',
      ],
    ],
    [
      'another state',
      'slam-open',
      (rule) => ({ when: { all: edited(rule, 1, { is: ['open', 'opening'] }) } }),
      ['door: value open → open, opening', '门状态：取值 open → open、opening'],
    ],
    [
      'a limit that was computed',
      'slam',
      when({ above: 82 }),
      [
        'limit above 20 × log10 of the distance to the nearest window + 60 (10 where it is not known) → above 82 dB(A)',
        '限值：高于 20 × 至最近窗户的距离的常用对数 + 60（未知时取 10） → 高于 82 dB(A)',
      ],
    ],
    [
      'a count inside a limit',
      'slam',
      when({ count: { least: 5, of: 20, clearLeast: 19, clearOf: 20 } }),
      ['count least 4 → 5', '计次至少 4 → 5'],
    ],
    [
      'a hold that is dropped',
      'held-open',
      () => ({ clearFor: 0 }),
      ['clears after 10 s → none', '解除需持续 10 秒 → 无'],
    ],
    [
      'words as they stand',
      'held-open',
      () => ({ severity: 'high', latched: true }),
      ['severity advice → high', '级别 advice → high', 'latched no → yes', '锁存：否 → 是'],
    ],
    [
      'a window that is new',
      'held-open',
      () => ({ fold: 7_200_000, touchpoints: ['TP01', 'TP02'] }),
      [
        'folds within none → 2 h',
        '合并间隔：无 → 2 小时',
        'touchpoints none → TP01, TP02',
        '触点：无 → TP01、TP02',
      ],
    ],
    [
      'what grades and what hides a breach',
      'held-open',
      () => ({
        steps: [
          { severity: 'medium', after: 300_000 },
          { severity: 'high', above: 3 },
        ],
        hiddenBy: [{ relation: 'power', rules: ['dead', 'low'] }, { rules: ['slam'] }],
      }),
      [
        'severity steps none → medium after 5 min, high above 3',
        '级别递进：无 → 5 分钟后 medium、高于 3 时 high',
        'hidden by none → power: dead, low, slam',
        '受其遮蔽：无 → power：dead、low、slam',
      ],
    ],
  ])('tells %s', (_, id, change, lines) => {
    expect(told(edit(id, change))).toEqual(lines);
  });

  it('tells a condition of another form in whole sentences', () => {
    const [en] = told(edit('held-open', () => ({ when: { metric: 'slam_db', above: 90 } })));
    expect(en).toBe(
      'condition "Door open for 1 min; clears after 10 s without it." → "Slam level above 90 dB(A) for 1 min; clears after 10 s without it."',
    );
  });

  it('lists rules, items and touchpoints that are new or gone', () => {
    const whole = loadStandard();
    const less = sealStandard({
      ...whole,
      touchpoints: whole.touchpoints.filter(({ id }) => id !== 'TP01'),
      items: whole.items.filter(({ touchpoint }) => touchpoint !== 'TP01'),
    });
    const gone = diffStandards(whole, less);
    const come = diffStandards(less, whole);
    expect(gone.touchpoints.map(({ id, what }) => [id, what])).toEqual([['TP01', 'removed']]);
    expect(come.touchpoints.map(({ id, what }) => [id, what])).toEqual([['TP01', 'added']]);
    expect(gone.counts.rules.removed).toBe(come.counts.rules.added);
    expect(gone.counts.rules.removed).toBeGreaterThan(5);
    const [rule] = come.touchpoints[0]?.items.flatMap((item) => item.rules) ?? [];
    expect(rule).toMatchObject({ what: 'added', changes: [] });
    expect(rule?.sentence.en).toMatch(/\.$/);
  });

  it('misses nothing that is otherwise, even where words do not show it', () => {
    const whole = loadStandard();
    const places = whole.items.flatMap((item, i) =>
      placesIn(item, []).map((path) => [i, path] as const),
    );
    expect(places.length).toBeGreaterThan(1_000);
    fc.assert(
      fc.property(fc.constantFrom(...places), ([i, path]) => {
        const items = whole.items.slice(i, i + 1);
        const edited = structuredClone(items) as Item[];
        nudge(edited[0], path);
        const [before, after] = [items, edited].map((x) => sealStandard({ ...whole, items: x }));
        const { touchpoints } = diffStandards(before as Standard, after as Standard);
        expect(touchpoints).toHaveLength(1);
        expect(JSON.stringify(touchpoints)).toContain('→');
      }),
      { numRuns: 300 },
    );
  });
});

/** Where a number, flag or text of an item stands that does not name a thing. */
function placesIn(value: unknown, path: readonly (string | number)[]): (string | number)[][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  }
  const named = ['id', 'touchpoint', 'group', 'item', 'kind', 'builtin'];
  if (named.includes(String(path.at(-1)))) return [];
  // Words inside these are words of the language: another one makes no rule.
  const inLanguage = ['when', 'only', 'clearWhen', 'steps', 'times'].some((key) =>
    path.includes(key),
  );
  return inLanguage && typeof value === 'string' ? [] : [[...path]];
}

function nudge(root: unknown, path: readonly (string | number)[]): void {
  const at = path.slice(0, -1).reduce((of, key) => (of as Record<string, unknown>)[key], root);
  const holder = at as Record<string, unknown>;
  const key = String(path.at(-1));
  const value = holder[key];
  if (typeof value === 'number') holder[key] = value + 0.001;
  else if (typeof value === 'boolean') holder[key] = !value;
  else holder[key] = `${value}!`;
}

/** The parts of a rule's condition with one of them made otherwise. */
function edited(rule: Rule, at: number, change: Partial<Clause>): Clause[] {
  return (rule.when?.all ?? []).map((clause, k) => (k === at ? { ...clause, ...change } : clause));
}
