import { CaretakerError } from '@caretaker/readings/base';
import { loadStandard, ruleOf, type Standard } from '@caretaker/standards';
import { loadTests, mutate, runTests, type Tests, untested } from '@caretaker/standards/testing';
import { z } from 'zod';
import { mutationJson, mutationLines, testsJson, testsLines } from './print.ts';

const optionsSchema = z.object({
  standard: z.string().optional(),
  rule: z.string().optional(),
  mutate: z.boolean(),
  json: z.boolean(),
});
type Options = z.output<typeof optionsSchema>;

/**
 * `caretaker test-standard`: exit code 1 when a test fails, a rule lacks a test it needs, or a mutant survives
 * that nobody has explained.
 * @throws FaultsError with every fault of the standard or of the tests
 */
export function runTestStandard(folder: string | undefined, given: Record<string, unknown>): void {
  const options = optionsSchema.parse(given);
  const standard = loadStandard(options.standard);
  const tests = chosen(loadTests(standard, folder), standard, options.rule);
  const { lines, failed } = options.mutate
    ? mutated(standard, tests, options)
    : tested(standard, tests, options);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (failed) process.exitCode = 1;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly failed: boolean;
}

function tested(standard: Standard, { tests }: Tests, { rule, json }: Options): Outcome {
  const results = runTests(standard, tests);
  const lacking = untested(standard, tests).filter((u) => rule === undefined || u.rule === rule);
  return {
    lines: json ? testsJson(results, lacking) : testsLines(results, lacking),
    failed: lacking.length > 0 || results.some((result) => !result.passed),
  };
}

function mutated(standard: Standard, tests: Tests, { rule, json }: Options): Outcome {
  const began = process.cpuUsage();
  const mutation = mutate(standard, tests, rule);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  return {
    lines: json ? mutationJson(mutation, seconds) : mutationLines(mutation, seconds),
    failed: mutation.survivors.length > 0 || mutation.stale.length > 0,
  };
}

function chosen(all: Tests, standard: Standard, rule: string | undefined): Tests {
  if (rule === undefined) return all;
  if (ruleOf(standard, rule) === undefined) {
    throw new CaretakerError({
      code: 'CLI_UNKNOWN_RULE',
      message: `The standard has no rule "${rule}".`,
      next: 'List the rules: caretaker standard --json',
    });
  }
  return { ...all, tests: all.tests.filter((test) => test.rule === rule) };
}
