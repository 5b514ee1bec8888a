import { z } from 'zod';

const natural = z.int().nonnegative();

export const tombstoneSchema = z.object({
  /** When it was thinned last, UTC epoch milliseconds. */
  at: z.number(),
  journal: z.string(),
  /** Sequences in which readings were removed, inclusive. */
  from: natural,
  to: natural,
  /** Receipt of the first and last readings of that range, UTC epoch milliseconds. */
  since: z.number(),
  until: z.number(),
  /** How coarse what was left is: 1 per 10 minutes, 2 per hour, 3 per day, 4 flags as well. */
  stage: natural,
  reason: z.enum(['size', 'disk', 'age']),
  /** Readings removed, by kind of asset. */
  removed: z.record(z.string(), natural),
});

/**
 * What is said of readings that the journal removed to make room: the one exception to "an acknowledged reading
 * is never lost".
 */
export type Tombstone = z.infer<typeof tombstoneSchema>;

/** Ranges remembered; older ones have been told long ago. */
const KEPT = 100;

export function removedBy({ removed }: Pick<Tombstone, 'removed'>): number {
  return Object.values(removed).reduce((sum, count) => sum + count, 0);
}

/** The list with one more; ranges that touch and were thinned alike are one. */
export function withTombstone(all: readonly Tombstone[], added: Tombstone): Tombstone[] {
  const near = all.findIndex((one) => alike(one, added) && touch(one, added));
  const rest = near < 0 ? [...all] : all.toSpliced(near, 1);
  const one = near < 0 ? added : joined(all[near] as Tombstone, added);
  return [...rest, one].sort((a, b) => a.at - b.at).slice(-KEPT);
}

/** Whether a list tells of this thinning already. */
export function isTold(all: readonly Tombstone[], one: Tombstone): boolean {
  return all.some(
    (told) =>
      told.journal === one.journal &&
      told.stage >= one.stage &&
      told.from <= one.from &&
      told.to >= one.to,
  );
}

function alike(one: Tombstone, other: Tombstone): boolean {
  return one.journal === other.journal && one.stage === other.stage && one.reason === other.reason;
}

function touch(one: Tombstone, other: Tombstone): boolean {
  return one.from <= other.to + 1 && other.from <= one.to + 1;
}

function joined(one: Tombstone, other: Tombstone): Tombstone {
  return {
    ...other,
    at: Math.max(one.at, other.at),
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
    since: Math.min(one.since, other.since),
    until: Math.max(one.until, other.until),
    removed: sum(one.removed, other.removed),
  };
}

function sum(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) {
  const all = { ...one };
  for (const [kind, count] of Object.entries(other)) all[kind] = (all[kind] ?? 0) + count;
  return all;
}
