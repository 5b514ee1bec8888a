import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../checks/run.ts';
import { type Summary, summaryLines, summarySchema } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'caretaker-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = {
  'tests.test.js': `
    it('holds', () => {});
    describe('a suite', () => {
      it('fails', () => expect(1).toBe(2));
      it('may not run', (context) => context.skip('no server'));
    });
    describe('another [skipped: no Docker]', () => {
      it.skip('is left out', () => {});
    });`,
  'exit.test.js': `process.kill(process.pid, 'SIGKILL');`,
  'load.test.js': `throw new Error('cannot be loaded');`,
  'hook.test.js': `
    describe('with a hook', () => {
      beforeAll(() => { throw new Error('no luck'); });
      it('never runs', () => {});
    });`,
};

function runThem(): Summary {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const summary = join(folder, 'summary.json');
  const reporter = join(root, 'rig/src/commands/summary-reporter.ts');
  const args = ['run', '--globals', '--root', folder, `--reporter=${reporter}`];
  spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: folder,
    env: { ...process.env, CARETAKER_TEST_SUMMARY: summary },
  });
  return summarySchema.parse(JSON.parse(readFileSync(summary, 'utf8')));
}

describe('the summary of a run', () => {
  it('names tests, files and hooks that failed, with their error, and what was skipped, with its reason', () => {
    const summary = runThem();

    expect(summary.passed).toBe(1);
    expect(summary.skipped).toContainEqual({
      file: 'tests.test.js',
      name: 'a suite > may not run',
      reason: 'no server',
    });
    expect(summary.skipped).toContainEqual({
      file: 'tests.test.js',
      name: 'another > is left out',
      reason: 'no Docker',
    });
    expect(summary.skipped).toContainEqual({
      file: 'hook.test.js',
      name: 'with a hook > never runs',
      reason: 'a hook of its suite failed',
    });
    expect(Object.fromEntries(summary.failed.map(({ name, error }) => [name, error]))).toEqual({
      'tests.test.js > a suite > fails': expect.stringMatching(
        /expected 1 to be 2.*\nat .*tests\.test\.js:4/,
      ),
      'exit.test.js': 'did not run to its end',
      'outside of any test': expect.stringContaining('exit.test.js'),
      'load.test.js': expect.stringContaining('cannot be loaded'),
      'hook.test.js > with a hook': expect.stringContaining('no luck'),
    });
  });

  it('is short where much was skipped, and ends with what failed and the counts', () => {
    const skipped = Array.from({ length: 44 }, (_, index) => ({
      file: index < 40 ? 'a.test.ts' : 'b.test.ts',
      name: `does ${index}`,
      reason: 'no Docker',
    }));
    const failed = [{ name: 'c.test.ts > holds', error: 'expected 1 to be 2\n\n  at c.test.ts:3' }];

    expect(summaryLines({ passed: 7, failed, skipped })).toEqual([
      'skipped 44: no Docker',
      '  40 of a.test.ts: does 0; does 1; does 2; 37 more',
      '  4 of b.test.ts: does 40; does 41; does 42; 1 more',
      'FAILED c.test.ts > holds',
      '  expected 1 to be 2',
      '    at c.test.ts:3',
      '7 passed, 1 failed, 44 skipped',
    ]);
  });

  it('names every failure, however many there are', () => {
    const failed = Array.from({ length: 200 }, (_, index) => ({
      name: `does ${index}`,
      error: 'no\n'.repeat(50),
    }));

    const lines = summaryLines({ passed: 0, failed, skipped: [] });

    expect(lines.filter((line) => line.startsWith('FAILED'))).toHaveLength(200);
    expect(lines.length).toBeLessThan(400);
  });
});
