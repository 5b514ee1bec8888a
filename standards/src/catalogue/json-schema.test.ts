import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { standardJsonSchema } from './json-schema.ts';

const directory = path.join(import.meta.dirname, '../../catalogue');
const files = readdirSync(directory).filter((name) => /^(TP\d\d|EST)\.yaml$/.test(name));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(standardJsonSchema());

function faultsOf(text: string): string[] {
  validate(parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const file = (rule: string) => `
id: TP32
name: { en: Pool, zh: 泳池 }
group: water
items:
  - { id: TP32-S1, name: { en: I, zh: 条 }, aspect: facility, check: sensor, kano: must-be,
      team: engineering, source: s, origin: ours, confirmed: true, rules: [${rule}] }
`;
const rule = (when: string, more = '') =>
  file(
    `{ id: r, kind: pool, title: { en: F, zh: 故障 }, when: ${when}, severity: low, effect: none, source: s, confirmed: true${more} }`,
  );

describe('the JSON Schema for editors', () => {
  it.each(files)('accepts %s', (name) => {
    expect(faultsOf(readFileSync(path.join(directory, name), 'utf8'))).toEqual([]);
  });

  it.each([
    ['{ metric: ph, abov: 8 }', '', /when must NOT have additional properties/],
    ['{ metric: chlorine, above: 8 }', '', /when\/metric must be equal to one of/],
    ['{ all: [{ metric: ph, above: 8, from: uncle }] }', '', /all\/0\/from must be equal/],
    ['{ metric: ph, above: 8, over: median }', '', /over must be equal to one of/],
    ['{ metric: ph, above: 8, count: { share: 1.5, of: 3 } }', '', /share must be <= 1/],
    ['{ metric: ph, above: 8 }', ', for: ten minutes', /for must match pattern/],
    ['{ metric: ph, above: 8 }', ', kin: pool', /additional properties/],
  ])('refuses %s%s', (when, more, message) => {
    expect(faultsOf(rule(when, more)).join('\n')).toMatch(message);
  });

  it('asks for nothing that has a value of its own when left out', () => {
    expect(faultsOf(rule('{ metric: ph, above: 8 }'))).toEqual([]);
  });

  it('tells what a word is for', () => {
    expect(standardJsonSchema()).toMatchObject({
      definitions: {
        condition: {
          description: expect.stringContaining('rule-language.md'),
          properties: { absent: { description: expect.any(String) } },
        },
      },
    });
  });
});
