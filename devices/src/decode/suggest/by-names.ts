import { conceptOf, type Reading, rankOf, readingOf } from './fields.ts';
import type { Leaf } from './leaves.ts';
import { likeliestKind, type Vote } from './likeliest.ts';

/** What the values of a device could be, read as one kind of asset. */
interface Guess {
  readonly kind: string;
  /** Of the watched asset. */
  readonly asset: readonly Reading[];
  /** Of the device itself: battery, signal, tamper contact. */
  readonly device: readonly Reading[];
}

/**
 * The kind that explains most of the values.
 * @param said name, id and topic of the device
 * @returns null when no value could be one of a watched asset
 */
export function guessByNames(leaves: readonly Leaf[], said: string, format: string): Guess | null {
  const votes = leaves.flatMap((leaf): Vote[] => {
    const concept = conceptOf(leaf);
    if (concept === null) return [];
    const kinds = Object.keys(concept.metrics).map((kind, rank) => ({ kind, rank }));
    return kinds.filter(({ kind }) => readingOf(leaf, concept, kind, format) !== null);
  });
  const kind = likeliestKind(votes, said);
  if (kind === null) return null;
  return {
    kind,
    asset: readingsFor(leaves, kind, format),
    device: deviceReadings(leaves, format),
  };
}

/** What a device says of itself: battery, signal, tamper contact. */
export function deviceReadings(leaves: readonly Leaf[], format: string): Reading[] {
  return readingsFor(leaves, 'device', format);
}

/** One value for each metric, the one that is named most exactly: concepts stand in that order. */
function readingsFor(leaves: readonly Leaf[], kind: string, format: string): Reading[] {
  const taken = new Set<string>();
  const readings: Reading[] = [];
  const meant = leaves.flatMap((leaf) => {
    const concept = conceptOf(leaf);
    return concept === null ? [] : [{ leaf, concept, rank: rankOf(concept) }];
  });
  for (const { leaf, concept } of meant.toSorted((a, b) => a.rank - b.rank)) {
    const reading = readingOf(leaf, concept, kind, format);
    if (reading === null || taken.has(reading.field.metric)) continue;
    taken.add(reading.field.metric);
    readings.push(reading);
  }
  return readings;
}
