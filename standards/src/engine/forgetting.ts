import type { Ended } from './ended.ts';
import type { Episode } from './engine.ts';
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
    if (next !== null && continues(last, next, folding(next.onset))) continue;
    if (last.end + fold >= edge) break;
    groups.push({ first, last, next: k + 1 });
    first = endings[k + 1];
  }
  return groups;
}

/**
 * How many leading endings may be forgotten, and how many leading episodes said with them: those that were said as
 * they are, and those that were forgotten before and are only known again.
 * @param known up to when what was forgotten before was decided
 */
export function forgettable(
  groups: readonly Group[],
  said: readonly Episode[],
  known: number = Number.NEGATIVE_INFINITY,
): { readonly gone: number; readonly unsaid: number; readonly known: number } {
  const found = { gone: 0, unsaid: 0, known };
  for (const { first, last, next } of groups) {
    const told = said[found.unsaid];
    if (told?.onset === first.onset && told.end === last.end) found.unsaid += 1;
    else if (last.clearedAt > known) break;
    found.gone = next;
    found.known = Math.max(found.known, last.clearedAt);
  }
  return found;
}

/**
 * Makes one of leading endings that continue each other and were decided before `edge`.
 * @returns whether there were several
 */
export function shrink(past: Ended[], edge: number, folding: Foldings): boolean {
  let k = 1;
  while (k < past.length && (past[k] as Ended).clearedAt < edge) {
    const next = past[k] as Ended;
    if (!continues(past[k - 1] as Ended, next, folding(next.onset))) break;
    k += 1;
  }
  if (k === 1) return false;
  const [first, ...others] = past.slice(0, k) as [Ended, ...Ended[]];
  const one = others.reduce<Ended>((sum, core) => {
    const { end, clearedAt } = core;
    const { firstClearedAt = sum.clearedAt } = sum;
    return { ...joined(sum, core, folding(core.onset)), end, clearedAt, firstClearedAt };
  }, first);
  past.splice(0, k, one);
  return true;
}
