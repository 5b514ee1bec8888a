import type { StandardVersion } from '@caretaker/cloud/contract';

/** Two versions by number, to be compared. */
export interface Pair {
  readonly from: number;
  readonly to: number;
}

type Known = Pick<StandardVersion, 'number' | 'inForce' | 'effective' | 'withdrawn' | 'replacedBy'>;

/**
 * What is compared before anyone chose: the version in force with the one before it; where the one in force is
 * the first, with the next. Null while there are not two that count.
 * @param versions published last first
 */
export function firstPair(versions: readonly Known[]): Pair | null {
  const counting = versions
    .filter((version) => version.withdrawn === null && version.replacedBy === null)
    .toSorted((a, b) => b.effective - a.effective);
  const at = counting.findIndex((version) => version.inForce);
  const to = counting[at === -1 ? 0 : at];
  const before = counting[(at === -1 ? 0 : at) + 1];
  if (to === undefined) return null;
  if (before !== undefined) return { from: before.number, to: to.number };
  const next = counting[at - 1];
  return next === undefined ? null : { from: to.number, to: next.number };
}

/** Where a version stands in time. */
export function standingOf(
  version: Omit<Known, 'number'>,
  now: number,
): 'inForce' | 'toCome' | 'past' | 'withdrawn' | 'replaced' {
  if (version.replacedBy !== null) return 'replaced';
  if (version.withdrawn !== null) return 'withdrawn';
  if (version.inForce) return 'inForce';
  return version.effective > now ? 'toCome' : 'past';
}
