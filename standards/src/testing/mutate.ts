import { ruleOf, type Standard } from '../catalogue/standard.ts';
import type { Tests } from './load.ts';
import { mutantsOf } from './mutants.ts';
import { runRule } from './run.ts';

export interface Mutation {
  /** How many mutants were tried. */
  readonly mutants: number;
  /** Mutants that no test caught and nobody has explained. */
  readonly survivors: readonly string[];
  /** Mutants that no test caught, with the reason given in `survivors.yaml`. */
  readonly explained: readonly { readonly mutant: string; readonly reason: string }[];
  /** Entries of `survivors.yaml` that name no mutant, or one that a test does catch. */
  readonly stale: readonly string[];
}

/**
 * Changes the rules in every way that `mutantsOf` knows, and runs the tests of each rule against each change.
 * @param rule only this one, when given.
 */
export function mutate(standard: Standard, { tests, survivors }: Tests, rule?: string): Mutation {
  const byRule = Map.groupBy(tests, (test) => test.rule);
  const lived: string[] = [];
  let mutants = 0;
  for (const [id, own] of byRule) {
    const original = ruleOf(standard, id);
    if (original === undefined || (rule !== undefined && rule !== id)) continue;
    for (const mutant of mutantsOf(original)) {
      mutants += 1;
      if (runRule(standard, mutant.rule, own).every((result) => result.passed)) {
        lived.push(mutant.id);
      }
    }
  }
  const named = (mutant: string) => survivors.has(mutant);
  return {
    mutants,
    survivors: lived.filter((mutant) => !named(mutant)),
    explained: lived
      .filter(named)
      .map((mutant) => ({ mutant, reason: survivors.get(mutant) ?? '' })),
    stale: [...survivors.keys()].filter(
      (mutant) => !lived.includes(mutant) && (rule === undefined || mutant.startsWith(`${rule} `)),
    ),
  };
}
