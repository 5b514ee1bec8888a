import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadStandard } from './load.ts';
import { summarize } from './summary.ts';
import { companyNamesIn, knownCompaniesIn } from './testing/names.ts';

const standard = loadStandard();
const given = standard.items.filter((item) => item.origin === 'standard');
const ours = standard.items.filter((item) => item.origin === 'ours');
const texts = [...standard.items, ...standard.touchpoints, ...standard.groups].map((x) => x.name);
const document = readFileSync(path.join(import.meta.dirname, '../../../docs/standard.md'), 'utf8');

/** Counted in the source documents: items, then by sensor, by inspection, by process, name only. */
const counted: Readonly<Record<string, readonly number[]>> = {
  TP01: [23, 5, 11, 6, 1],
  TP02: [18, 3, 12, 3, 0],
  TP03: [14, 3, 7, 4, 0],
  TP07: [9, 1, 6, 2, 0],
  TP17: [9, 0, 2, 7, 0],
  TP18: [11, 1, 1, 9, 0],
  TP20: [3, 0, 2, 1, 0],
  TP21: [5, 2, 1, 1, 1],
  TP22: [4, 1, 2, 1, 0],
  TP23: [9, 2, 3, 4, 0],
  TP24: [11, 4, 6, 1, 0],
  TP25: [1, 0, 1, 0, 0],
  TP26: [21, 2, 11, 8, 0],
  TP27: [5, 1, 2, 1, 1],
  TP28: [5, 2, 3, 0, 0],
  TP29: [2, 0, 1, 0, 1],
  TP30: [1, 0, 0, 0, 1],
  TP31: [3, 0, 2, 1, 0],
  TP32: [1, 0, 0, 0, 1],
  TP33: [1, 0, 0, 0, 1],
  TP34: [2, 1, 0, 1, 0],
  TP35: [7, 0, 3, 4, 0],
  TP36: [12, 0, 3, 9, 0],
  TP37: [19, 0, 3, 16, 0],
  TP38: [9, 0, 7, 2, 0],
  TP39: [1, 0, 1, 0, 0],
  TP40: [1, 0, 1, 0, 0],
  TP41: [6, 0, 0, 6, 0],
  TP42: [4, 0, 0, 4, 0],
  TP43: [1, 0, 0, 0, 1],
  TP44: [9, 2, 1, 6, 0],
  TP45: [5, 0, 1, 4, 0],
  TP46: [2, 0, 0, 2, 0],
  TP47: [1, 0, 0, 1, 0],
  TP48: [2, 0, 0, 2, 0],
};

describe('the items of the catalogue', () => {
  it('are as many, of each kind of check, as the source documents have at each touchpoint', () => {
    const { rows, total, touchpoints } = summarize(standard);
    const found = rows
      .filter((row) => row.counts.items > 0)
      .map(({ id, counts: c }) => [id, [c.items, c.sensor, c.inspection, c.process, c.name_only]]);
    expect(Object.fromEntries(found)).toEqual(counted);
    expect(touchpoints).toBe(35);
    expect(total).toMatchObject({
      items: 237,
      sensor: 30,
      inspection: 93,
      process: 106,
      name_only: 8,
      ours: ours.length,
      rules: standard.items.flatMap((item) => item.rules).length,
    });
  });

  it('of our own are counted apart and can be told by their id', () => {
    for (const item of given) expect(item.id).toMatch(/^TP\d{2}-\d{2}[a-e]?$/);
    for (const item of ours) expect(item.id).toMatch(/^(TP\d{2}|EST)-S\d{1,2}$/);
  });

  it('carry the straight numbers 1 to 22 that the sources show, thirty rows in all', () => {
    const numbered = given.flatMap((item) => item.number ?? []);
    expect(numbered).toHaveLength(30);
    expect(new Set(numbered)).toEqual(new Set(Array.from({ length: 22 }, (_, k) => k + 1)));
  });

  it('are weighed as proposed: 75 must-be, 140 one-dimensional, 22 attractive', () => {
    const classes = Map.groupBy(given, (item) => item.kano);
    expect(classes.get('must-be')).toHaveLength(75);
    expect(classes.get('one-dimensional')).toHaveLength(140);
    expect(classes.get('attractive')).toHaveLength(22);
  });

  it('are watched by a sensor first or second in 38 cases, and never name a check twice', () => {
    expect(given.filter((x) => x.check === 'sensor' || x.also === 'sensor')).toHaveLength(38);
    expect(standard.items.filter((item) => item.also === item.check)).toEqual([]);
  });

  it('have rules only where a sensor checks, and no text to confirm where there is only a name', () => {
    for (const item of standard.items.filter((x) => x.check !== 'sensor')) {
      expect(item.rules, item.id).toEqual([]);
    }
    for (const item of given.filter((x) => x.check === 'name-only')) {
      expect(item.confirmed, item.id).toBe(false);
    }
  });

  it('that a sensor checks have a rule', () => {
    const bare = standard.items.filter((x) => x.check === 'sensor' && x.rules.length === 0);
    expect(bare.map((item) => item.id)).toEqual([]);
  });

  it('fill each of the 21 groups', () => {
    const used = new Set(given.map((item) => item.group));
    expect(standard.groups.filter((group) => !used.has(group.id))).toEqual([]);
    expect(used.size).toBe(21);
  });
});

describe('the texts of the catalogue', () => {
  it('are in both languages, short, and one sentence without its full stop', () => {
    for (const { en, zh } of texts) {
      expect(en).toMatch(/^[A-Z]\S*(?: \S+)*[^.!\s]$/);
      expect(en).not.toMatch(/\p{Script=Han}|!|\. /u);
      expect(zh).toMatch(/^\p{Script=Han}.*[^。！\s]$/u);
      expect(zh).not.toMatch(/[a-zA-Z]{3,}|！|。/);
      expect(Math.max(en.length, zh.length), en).toBeLessThanOrEqual(160);
    }
  });

  it('say each thing once', () => {
    for (const language of ['en', 'zh'] as const) {
      const said = standard.items.map((item) => item.name[language].toLowerCase());
      expect(said.filter((text, k) => said.indexOf(text) !== k)).toEqual([]);
    }
  });

  it('name no company', () => {
    const sources = standard.items.flatMap((x) => [x.source, ...x.rules.map((r) => r.source)]);
    const all = [...texts.flatMap(({ en, zh }) => [en, zh]), ...sources, document].join('\n');
    expect(companyNamesIn(all)).toEqual([]);
    expect(companyNamesIn('Taken from Nonesuch, 即无名氏的手册')).toEqual(['nonesuch', '无名氏']);
    expect(companyNamesIn('某某物业有限公司')).toEqual(['有限公司']);
  });
});

describe('the whole repository', () => {
  const root = path.join(import.meta.dirname, '../../..');
  const own = /\.(ts|tsx|css|html|json|yaml|yml|md|csv|jsonl|grit)$/;
  const left = new Set(['node_modules', '.git', 'dist', 'data', 'pnpm-lock.yaml']);
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !left.has(entry.name))
      .flatMap((entry) => {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) return filesIn(file);
        return entry.isFile() && own.test(entry.name) ? [file] : [];
      });

  it('names none of the companies either, in code, texts, samples or documents', () => {
    const files = filesIn(root);
    expect(files.length).toBeGreaterThan(500);
    // The list itself, and this test of it, hold the two that stand for all.
    const samples = ['names.ts', 'catalogue.test.ts'];
    const named = files
      .filter((file) => !samples.includes(path.basename(file)))
      .map((file) => [path.relative(root, file), knownCompaniesIn(readFileSync(file, 'utf8'))])
      .filter(([, names]) => names?.length !== 0);
    expect(named).toEqual([]);
  });
});

describe('docs/standard.md', () => {
  /** Keys that head a row of a table. */
  const rows = new Set([...document.matchAll(/^\| ([A-Z]\S*) \|/gm)].map((match) => match[1]));
  const unexplained = (keys: readonly string[]) =>
    [...new Set(keys)].filter((key) => !rows.has(key));

  it('explains every source, time limit and process that an item refers to', () => {
    expect(unexplained(given.flatMap((item) => item.source.split(', ')))).toEqual([]);
    expect(unexplained(standard.items.flatMap((x) => x.times.map((time) => time.key)))).toEqual([]);
    expect(unexplained(standard.items.flatMap((item) => item.process ?? []))).toEqual([]);
  });

  it('counts the rules and our own items as they are', () => {
    const rules = standard.items.flatMap((item) => item.rules);
    const judging = rules.filter((rule) => rule.builtin === undefined).length;
    expect(document).toContain(`\n${judging} rules judge the readings, beside the two built in`);
    expect(document).toContain(`so have ${ours.length} items of our own`);
  });

  it('lists every touchpoint with its number of items', () => {
    for (const [id, [items]] of Object.entries(counted)) {
      expect(document).toMatch(new RegExp(`^\\| ${id} \\|.*\\| ${items} \\|`, 'm'));
    }
  });
});
