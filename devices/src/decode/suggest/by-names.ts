import { kindWords } from './concepts.ts';
import { conceptOf, type Reading, rankOf, readingOf } from './fields.ts';
import type { Leaf } from './leaves.ts';

/** What the values of a device could be, read as one kind of asset. */
interface Guess {
  readonly kind: string;
  /** Of the watched asset. */
  readonly asset: readonly Reading[];
  /** Of the device itself: battery, signal, tamper contact. */
  readonly device: readonly Reading[];
}

/** A metric speaks most for the kind that is named first for it. */
const weights: readonly number[] = [1, 0.6];
const otherWeight = 0.4;
/** What people call a device says more than what it measures. */
const namedWeight = 1.5;

/**
 * The kind that explains most of the values.
 * @param said name, id and topic of the device
 * @returns null when no value could be one of a watched asset
 */
export function guessByNames(leaves: readonly Leaf[], said: string, format: string): Guess | null {
  const weighed = new Map<string, number>();
  for (const leaf of leaves) {
    const concept = conceptOf(leaf);
    if (concept === null) continue;
    for (const [index, kind] of Object.keys(concept.metrics).entries()) {
      if (kind === 'device' || readingOf(leaf, concept, kind, format) === null) continue;
      weighed.set(kind, (weighed.get(kind) ?? 0) + (weights[index] ?? otherWeight));
    }
  }
  for (const [kind, weight] of weighed) {
    if (kindWords[kind]?.test(said)) weighed.set(kind, weight + namedWeight);
  }
  const [best] = [...weighed].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined) return null;
  const [kind] = best;
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
