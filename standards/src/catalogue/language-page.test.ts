import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { overs } from '../rules/clause.ts';
import { relations } from '../rules/relations.ts';
import { sentenceOf } from '../text/sentence.ts';
import { standardJsonSchema } from './json-schema.ts';
import { readStandard } from './load.ts';
import type { Standard } from './standard.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/rule-language.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');

/** The examples as rules of one item each, with what the page says they have in common. */
function standardOf(texts: readonly string[]): Standard {
  const common: object = parse(texts[0] ?? '');
  const items = texts.map((text, k) => ({
    ...{ id: `TP32-S${k + 1}`, name: { en: 'Item', zh: '条目' }, aspect: 'facility' },
    ...{ check: 'sensor', kano: 'must-be', team: 'engineering', source: 's', origin: 'ours' },
    confirmed: true,
    rules: [{ ...common, clearFor: '0s', for: '0s', id: `r${k}`, ...parse(text) }],
  }));
  const name = { en: 'N', zh: '名' };
  const files = {
    'groups.yaml': { groups: [{ id: 'water', number: 1, name }] },
    'TP32.yaml': { id: 'TP32', name, group: 'water', items },
  };
  return readStandard(
    Object.entries(files).map(([file, content]) => ({ name: file, text: stringify(content) })),
  );
}

function faultsOf(texts: readonly string[]): readonly string[] {
  try {
    standardOf(texts);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map((f) => `${f.where}: ${f.message}`);
    throw error;
  }
  return [];
}

describe('the page of the rule language', () => {
  it('has only examples that load, and that are said in words', () => {
    expect(examples.length).toBeGreaterThan(20);
    expect(faultsOf(examples)).toEqual([]);
    for (const rule of standardOf(examples).items.flatMap((item) => item.rules)) {
      const { en, zh } = sentenceOf(rule);
      expect(`${en}${zh}`, rule.id).not.toMatch(/undefined|NaN|null|\{/);
    }
  });

  it('has an example of every word', () => {
    const schema: unknown = standardJsonSchema();
    const { definitions } = schema as { definitions: Record<string, { properties?: object }> };
    const parts = ['condition', 'rule', 'calendar', 'count', 'share', 'baseline', 'hiding'];
    const words = parts.flatMap((part) => Object.keys(definitions[part]?.properties ?? {}));
    expect(words.length).toBeGreaterThan(70);
    const shown = examples.join('\n');
    for (const word of [...words, 'after', 'attribute'].filter((w) => w !== 'builtin')) {
      expect(shown, word).toMatch(new RegExp(`\\b${word}:`));
    }
    for (const over of overs.filter((o) => o !== 'value')) expect(shown).toContain(`over: ${over}`);
  });

  it('lists every relation', () => {
    const rows = page.matchAll(/^\| `(\w+)` \| ([^|]+) \|$/gm);
    const listed = [...rows].flatMap(([, word = '', said]) =>
      relations[word] === undefined ? [] : [[word, said]],
    );
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(relations).map(([word, { en }]) => [word, en])),
    );
  });
});
