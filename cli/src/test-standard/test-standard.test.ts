import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runTestStandard } from './command.ts';

const catalogue = resolve(import.meta.dirname, '../../../standards/catalogue');
const options = { mutate: false, json: false };

let folder = '';
let printed = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-test-standard-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
});

describe('caretaker test-standard', () => {
  it('passes for one rule of the built-in standard, with and without mutants', () => {
    runTestStandard(undefined, { ...options, rule: 'gate-held-open' });
    expect(printed).toMatch(
      /^ok {4}gate-held-open \(4 tests\)\n\n1 rule, 4 tests: 4 passed, 0 failed\n$/,
    );
    printed = '';
    runTestStandard(undefined, { ...options, rule: 'gate-held-open', mutate: true });
    expect(printed).toMatch(/^\n6 mutants: 6 caught, 0 known and explained, 0 survived/);
    expect(process.exitCode).toBeUndefined();
  });

  it('fails with the place when a draft of the standard judges otherwise', () => {
    const draft = join(folder, 'draft');
    cpSync(catalogue, draft, { recursive: true });
    const file = join(draft, 'TP01.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('for: 60s', 'for: 50s'));
    runTestStandard(undefined, { ...options, standard: draft, rule: 'gate-held-open' });
    expect(printed).toContain('FAIL  gate-held-open never opens: closed after 54 seconds');
    expect(printed).toMatch(/TP01\.yaml:\d+: nothing should open, but one from 1m/);
    expect(process.exitCode).toBe(1);
  });

  it('fails when a rule has no tests, and prints JSON for scripts', () => {
    writeFileSync(join(folder, 'none.yaml'), 'touchpoint: TP01\nrules: {}\n');
    runTestStandard(folder, { ...options, json: true, rule: 'leak' });
    const lines = printed
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      { rule: 'leak', lacks: ['opens', 'neverOpens', 'clears'] },
      { tests: 0, passed: 0, failed: 0, lacking: 1 },
    ]);
    expect(process.exitCode).toBe(1);
  });

  it('names a rule that is not there', () => {
    const run = () => runTestStandard(undefined, { ...options, rule: 'no-such-rule' });
    expect(run).toThrow(expect.objectContaining({ code: 'CLI_UNKNOWN_RULE' }));
  });
});
