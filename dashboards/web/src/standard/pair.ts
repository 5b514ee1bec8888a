import type { StandardVersion } from '@caretaker/cloud/contract';

/** Two versions by number, to be compared. */
export interface Pair {
  readonly from: number;
  readonly to: number;
}

type Known = Pick<StandardVersion, 'number' | 'inForce'>;

/**
 * What is compared before anyone chose: the version in force with the one before it; where the one in force is
 * the first, with the next. Null while there are not two.
 * @param versions newest first
 */
export function firstPair(versions: readonly Known[]): Pair | null {
  const at = versions.findIndex((version) => version.inForce);
  const to = versions[at === -1 ? 0 : at];
  const before = versions[(at === -1 ? 0 : at) + 1];
  if (to === undefined) return null;
  if (before !== undefined) return { from: before.number, to: to.number };
  const next = versions[at - 1];
  return next === undefined ? null : { from: to.number, to: next.number };
}

/** Where a version stands in time. */
export function standingOf(
  version: Pick<StandardVersion, 'inForce' | 'effective'>,
  now: number,
): 'inForce' | 'toCome' | 'past' {
  if (version.inForce) return 'inForce';
  return version.effective > now ? 'toCome' : 'past';
}
