import type { Mutation, TestResult, Untested } from '@caretaker/standards/testing';

const words = {
  opens: 'opens',
  neverOpens: 'never opens',
  staysOpen: 'stays open',
  clears: 'clears',
} as const;

const titleOf = ({ test }: TestResult): string =>
  `${test.rule} ${words[test.expectation]}${test.words === '' ? '' : `: ${test.words}`}`;

const sum = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** For people: a rule whose tests all pass in one line, every failure with its place and what was found. */
export function testsLines(results: readonly TestResult[], lacking: readonly Untested[]): string[] {
  const byRule = Map.groupBy(results, (result) => result.test.rule);
  const failed = results.filter((result) => !result.passed);
  return [
    ...[...byRule].flatMap(([rule, own]) => {
      const bad = own.filter((result) => !result.passed);
      if (bad.length === 0) return [`ok    ${rule} (${sum(own.length, 'test')})`];
      return bad.flatMap((result) => [
        `FAIL  ${titleOf(result)}`,
        `      ${result.test.where}: ${result.message}`,
      ]);
    }),
    ...lacking.map(({ rule, lacks }) => `FAIL  ${rule} has no test under ${lacks.join(', ')}`),
    '',
    `${sum(byRule.size, 'rule')}, ${sum(results.length, 'test')}: ${results.length - failed.length} passed, ${failed.length} failed${lacking.length === 0 ? '' : `, ${sum(lacking.length, 'rule lacks', 'rules lack')} tests`}`,
  ];
}

/** For scripts: one object a test, the sums last. */
export function testsJson(results: readonly TestResult[], lacking: readonly Untested[]): string[] {
  const failed = results.filter((result) => !result.passed).length;
  const lines = [
    ...results.map(({ test, passed, message }) => ({
      rule: test.rule,
      expectation: test.expectation,
      case: test.words,
      where: test.where,
      passed,
      message,
    })),
    ...lacking,
    { tests: results.length, passed: results.length - failed, failed, lacking: lacking.length },
  ];
  return lines.map((line) => JSON.stringify(line));
}

/** For people: what survived, what is known to, and the sums. */
export function mutationLines(mutation: Mutation, seconds: number): string[] {
  const { mutants, survivors, explained, stale } = mutation;
  return [
    ...explained.map(({ mutant, reason }) => `known     ${mutant}: ${reason}`),
    ...stale.map(
      (mutant) => `STALE     ${mutant}: survivors.yaml names it, but it does not survive`,
    ),
    ...survivors.map((mutant) => `SURVIVED  ${mutant}`),
    '',
    `${sum(mutants, 'mutant')}: ${mutants - survivors.length - explained.length} caught, ${explained.length} known and explained, ${survivors.length} survived (${seconds.toFixed(1)} s of CPU)`,
  ];
}

/** For scripts: one object a mutant that survived, the sums last. */
export function mutationJson(mutation: Mutation, seconds: number): string[] {
  const { mutants, survivors, explained, stale } = mutation;
  const lines = [
    ...survivors.map((mutant) => ({ mutant, survived: true })),
    ...explained.map(({ mutant, reason }) => ({ mutant, survived: true, reason })),
    ...stale.map((mutant) => ({ mutant, survived: false, stale: true })),
    {
      mutants,
      caught: mutants - survivors.length - explained.length,
      explained: explained.length,
      survived: survivors.length,
      stale: stale.length,
      cpu_s: Number(seconds.toFixed(2)),
    },
  ];
  return lines.map((line) => JSON.stringify(line));
}
