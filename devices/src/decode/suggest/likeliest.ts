import { kindWords } from './concepts.ts';

/** A kind that a value could be of, with its place among all those of that value, from 0. */
export interface Vote {
  readonly kind: string;
  readonly rank: number;
}

/** A value speaks most for the kind that is named first for it. */
const weights: readonly number[] = [1, 0.6];
const otherWeight = 0.4;
/** What people call a device says more than what it measures. */
const namedWeight = 1.5;

/**
 * The kind of asset that explains most of the values.
 * @param said name, id and topic of the device
 * @returns null when none of them could be of a watched asset
 */
export function likeliestKind(votes: readonly Vote[], said: string): string | null {
  const weighed = new Map<string, number>();
  for (const { kind, rank } of votes) {
    if (kind === 'device') continue;
    weighed.set(kind, (weighed.get(kind) ?? 0) + (weights[rank] ?? otherWeight));
  }
  for (const [kind, weight] of weighed) {
    if (kindWords[kind]?.test(said) === true) weighed.set(kind, weight + namedWeight);
  }
  const [best] = [...weighed].toSorted((a, b) => b[1] - a[1]);
  return best?.[0] ?? null;
}
