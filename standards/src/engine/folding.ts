import type { Leaf } from '../rules/resolve.ts';
import type { Ended } from './ended.ts';
import { isWorse } from './worse.ts';

/** An episode as the state machine holds it. */
export interface Core extends Omit<Ended, 'end' | 'clearedAt' | 'firstClearedAt'> {
  /** Null while it stands. */
  readonly end: number | null;
}

/** How episodes of one rule run together. */
export interface Folding {
  /** An onset at most this long after an end continues the episode, milliseconds. 0: no folding. */
  readonly fold: number;
  /** The leaf whose value is the worst; undefined for silence. */
  readonly primary: Leaf | undefined;
}

/** Whether `next`, which begins after `first` was over, is still the same episode. */
export function continues(first: Core, next: Core, { fold }: Folding): boolean {
  return fold > 0 && first.end !== null && next.onset - first.end <= fold;
}

/** Both as one: begun with the first, over with the second, as bad as the worse; of equals the earlier. */
export function joined(first: Core, next: Core, { primary }: Folding): Core {
  const later =
    Number.isNaN(first.worst) ||
    (!Number.isNaN(next.worst) && isWorse(primary, next.worst, first.worst));
  const { worst, worstAt } = later ? next : first;
  const history = first.history && next.history;
  return { ...first, end: next.end, worst, worstAt, history };
}

/** Adds an episode behind the others, which are folded already. */
export function push(groups: Core[], core: Core, folding: Folding): void {
  const last = groups.at(-1);
  if (last !== undefined && continues(last, core, folding)) {
    groups[groups.length - 1] = joined(last, core, folding);
  } else groups.push(core);
}

/** How an episode continues the one before it. */
export type Foldings = (next: Core) => Folding;
