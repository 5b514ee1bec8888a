import type { Ended } from './ended.ts';
import { type Core, continues, type Foldings, joined } from './folding.ts';

/** Endings that are one episode: its first, its last, and the place of the next one behind it. */
export interface Group {
  readonly first: Ended;
  readonly last: Ended;
  readonly next: number;
}

/**
 * Leading episodes that were decided to be over before `edge`, and so long ago that no onset from `edge` on
 * continues them.
 * @param endings in the order of their ends
 * @param standing the episode that stands, or null
 * @param fold the longest there is in any version
 */
export function overBefore(
  endings: readonly Ended[],
  standing: Core | null,
  edge: number,
  { folding, fold }: { readonly folding: Foldings; readonly fold: number },
): Group[] {
  const groups: Group[] = [];
  let first = endings[0];
  for (const [k, last] of endings.entries()) {
    if (first === undefined || last.clearedAt >= edge) break;
    const next = endings[k + 1] ?? standing;
    if (next !== null && continues(last, next, folding(next))) continue;
    if (last.end + fold >= edge) break;
    groups.push({ first, last, next: k + 1 });
    first = endings[k + 1];
  }
  return groups;
}

/** How many leading endings were decided no later than `time`. */
export function decidedUntil(endings: readonly Ended[], time: number): number {
  const later = endings.findIndex(({ clearedAt }) => clearedAt > time);
  return later < 0 ? endings.length : later;
}

/**
 * Makes one of leading endings that continue each other and were decided before `edge`.
 * @returns whether there were several
 */
export function shrink(past: Ended[], edge: number, folding: Foldings): boolean {
  let k = 1;
  while (k < past.length && (past[k] as Ended).clearedAt < edge) {
    const next = past[k] as Ended;
    if (!continues(past[k - 1] as Ended, next, folding(next))) break;
    k += 1;
  }
  if (k === 1) return false;
  const [first, ...others] = past.slice(0, k) as [Ended, ...Ended[]];
  const one = others.reduce<Ended>((sum, core) => {
    const { end, clearedAt } = core;
    const { firstClearedAt = sum.clearedAt } = sum;
    return { ...joined(sum, core, folding(core)), end, clearedAt, firstClearedAt };
  }, first);
  past.splice(0, k, one);
  return true;
}
