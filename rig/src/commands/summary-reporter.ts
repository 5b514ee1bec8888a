import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Summary } from './summary.ts';

/** Suites put the reason of a skip into their name: `title [skipped: reason]`. */
const reasonInName = /\[skipped: (.*?)\]/;

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  const named = reasonInName.exec(test.fullName)?.[1];
  if (named !== undefined) return named;
  const missing = Object.values(test.project.getProvidedContext().missingServers ?? {});
  return missing.length > 0 ? missing.join('; ') : 'no reason given';
}

function count(summary: Summary, test: TestCase): void {
  const { state } = test.result();
  if (state === 'passed') summary.passed += 1;
  else if (state === 'skipped')
    summary.skipped.push({
      name: `${test.module.relativeModuleId} > ${test.fullName.replace(reasonInName, '').trim()}`,
      reason: reasonOf(test),
    });
  // A test that was never run to its end (a crashed worker, an interrupt) has not passed.
  else summary.failed += 1;
}

/** Writes the counts of a run to the file named by CARETAKER_TEST_SUMMARY. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env.CARETAKER_TEST_SUMMARY;
    if (file === undefined) return;
    const summary: Summary = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) {
      for (const test of module.children.allTests()) count(summary, test);
      // A file that cannot be loaded, or whose hook fails, may hold no failed test.
      if (module.state() === 'failed' && module.errors().length > 0) summary.failed += 1;
    }
    writeFileSync(file, JSON.stringify(summary));
  }
}
