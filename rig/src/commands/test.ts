import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from '@caretaker/cli';
import { checks } from '../checks/checks.ts';
import { root } from '../checks/run.ts';
import { ensureSystemPackages } from './packages.ts';
import { type Summary, summaryLines, summarySchema } from './summary.ts';

/** Vitest runs code that plain Node refuses (enums), so the type check is one of the tests. */
async function typeCheck(): Promise<string[]> {
  const types = checks.filter(({ name }) => name.startsWith('types'));
  return (await Promise.all(types.map((check) => check.find()))).flat();
}

async function webBuild(): Promise<string[]> {
  try {
    await buildWeb();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

async function tell(summary: Summary, name: string, found: Promise<string[]>) {
  const findings = await found;
  console.log(`${findings.length === 0 ? 'passed' : 'FAILED'}: ${name}`);
  for (const finding of findings) console.log(finding);
  if (findings.length === 0) summary.passed += 1;
  else summary.failed.push({ name, error: findings.join('\n') });
}

function vitest(args: readonly string[], summaryFile: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=./rig/src/commands/summary-reporter.ts',
        ...args,
      ],
      {
        cwd: root,
        stdio: 'inherit',
        env: { ...process.env, CARETAKER_TEST_SUMMARY: summaryFile },
      },
    );
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function read(file: string): Summary {
  try {
    return summarySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: [{ name: 'vitest', error: 'left no summary' }], skipped: [] };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'caretaker-test-'));
const summaryFile = join(folder, 'summary.json');
const total: Summary = { passed: 0, failed: [], skipped: [] };
ensureSystemPackages();
const [types, build] = [typeCheck(), webBuild()];
await tell(total, 'type check', types);
await tell(total, 'web build', build);
const code = await vitest(process.argv.slice(2), summaryFile);
const ran = read(summaryFile);
rmSync(folder, { recursive: true });
total.passed += ran.passed;
// Vitest fails a run for things that are no test, such as an error after the last one.
if (code !== 0 && ran.failed.length === 0)
  ran.failed.push({ name: 'vitest', error: `ended with ${code}` });
total.failed.push(...ran.failed);
total.skipped.push(...ran.skipped);
for (const line of summaryLines(total)) console.log(line);
process.exitCode = total.failed.length === 0 ? 0 : 1;
