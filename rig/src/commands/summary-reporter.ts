import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { Summary } from './summary.ts';

/** Suites put the reason of a skip into their name: `title [skipped: reason]`. */
const reasonInName = /\s*\[skipped: (.*?)\]/;

/** Whether a hook around the test failed: Vitest calls its tests skipped. */
function hookFailed(test: TestCase): boolean {
  let holder: TestCase['parent'] = test.parent;
  while (holder.errors().length === 0) {
    if (holder.type === 'module') return false;
    holder = holder.parent;
  }
  return true;
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  const named = reasonInName.exec(test.fullName)?.[1];
  if (named !== undefined) return named;
  if (hookFailed(test)) return 'a hook of its suite failed';
  const missing = Object.values(test.project.getProvidedContext().missingServers ?? {});
  return missing.length > 0 ? missing.join('; ') : 'no reason given';
}

/** What an error says, where in our own source it came from, and what caused it. */
function linesOf({ message, stacks, cause }: SerializedError): string[] {
  const place = stacks?.[0];
  const caused = cause as SerializedError | undefined;
  return [
    message,
    ...(place === undefined ? [] : [`at ${place.file}:${place.line}`]),
    ...(caused?.message === undefined ? [] : linesOf(caused)),
  ];
}

function textOf(errors: readonly SerializedError[]): string {
  return stripVTControlCharacters(errors.flatMap(linesOf).join('\n'));
}

function count(summary: Summary, test: TestCase): void {
  const result = test.result();
  const file = test.module.relativeModuleId;
  const name = test.fullName.replace(reasonInName, '').trim();
  if (result.state === 'passed') summary.passed += 1;
  else if (result.state === 'skipped') summary.skipped.push({ file, name, reason: reasonOf(test) });
  // A test that was never run to its end (a crashed worker, an interrupt) has not passed.
  else
    summary.failed.push({
      name: `${file} > ${name}`,
      error: textOf(result.errors ?? []) || 'did not run to its end',
    });
}

/** A file that cannot be loaded and a suite whose hook fails may hold no failed test. */
function countErrorsOf(summary: Summary, name: string, holder: TestModule | TestSuite): void {
  const errors = holder.errors();
  if (errors.length > 0) summary.failed.push({ name, error: textOf(errors) });
}

/** Writes what a run came to into the file named by CARETAKER_TEST_SUMMARY. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env.CARETAKER_TEST_SUMMARY;
    if (file === undefined) return;
    const summary: Summary = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      const name = module.relativeModuleId;
      countErrorsOf(summary, name, module);
      // Its worker died or never came up.
      if (['queued', 'pending'].includes(module.state()))
        summary.failed.push({ name, error: 'did not run to its end' });
      for (const suite of module.children.allSuites())
        countErrorsOf(summary, `${name} > ${suite.fullName}`, suite);
      for (const test of module.children.allTests()) count(summary, test);
    }
    for (const error of errors)
      summary.failed.push({ name: 'outside of any test', error: textOf([error]) });
    writeFileSync(file, JSON.stringify(summary));
  }
}
