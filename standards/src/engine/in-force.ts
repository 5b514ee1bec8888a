import type { Rule, Step } from '../rules/clause.ts';
import type { Instance } from './core/layout.ts';
import type { Program } from './core/program.ts';
import { programAt } from './core/timeline.ts';
import type { Folding, Foldings } from './folding.ts';
import { hasSize } from './worse.ts';

/**
 * How episodes of an instance continue each other: for how long by the numbers in force at the onset of the later one,
 * and whether it is the worse by those in force when it was worst, as within an episode.
 */
export function foldingOf({ program }: Instance): Foldings {
  const foldOf = ({ resolved }: Program) => resolved?.rule.fold ?? 0;
  const primaryOf = ({ resolved }: Program) => resolved?.leaves[0];
  if (program.timeline === null) {
    const folding: Folding = { fold: foldOf(program), primary: primaryOf(program) };
    return () => folding;
  }
  return ({ onset, worst, worstAt }) => ({
    fold: foldOf(programAt(program, onset)),
    primary: primaryOf(programAt(program, Number.isNaN(worst) ? onset : worstAt)),
  });
}

/** How severe an episode with that onset is, and by which steps it grows. */
export function gradesOf({ program }: Instance, onset: number): Pick<Rule, 'severity' | 'steps'> {
  const { severity, resolved } = programAt(program, onset);
  const steps = resolved?.rule.steps;
  if (steps === undefined) return { severity };
  // The first metric may be another one where an optional one is left out.
  return { severity, steps: hasSize(resolved?.leaves[0]) ? steps : steps.filter(isByAge) };
}

function isByAge(step: Step): boolean {
  return 'after' in step;
}
