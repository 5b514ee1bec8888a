import { kinds } from '../../kinds/index.ts';
import type { LearntPoint } from '../learn/learn.ts';
import { kindWords } from './concepts.ts';
import type { Reading } from './fields.ts';
import type { Leaf } from './leaves.ts';

/** What a device has described for Home Assistant, read as one kind of asset. */
interface LessonGuess {
  readonly kind: string;
  readonly asset: readonly Reading[];
  readonly device: readonly Reading[];
}

/** The first that a point suits is the most usual one. */
const weights: readonly number[] = [1, 0.6];
const otherWeight = 0.4;
const namedWeight = 1.5;

interface Learnt {
  readonly leaf: Leaf;
  readonly point: LearntPoint;
}

/**
 * The kind that suits most of what the device described of its own values.
 * @param points of the topic on which it talks
 * @returns null when none of them could be of a watched asset
 */
export function guessByLesson(
  leaves: readonly Leaf[],
  points: readonly LearntPoint[],
  said: string,
): LessonGuess | null {
  const learnt = points.flatMap((point): Learnt[] => {
    const leaf =
      point.format === 'bare' ? leaves[0] : leaves.find(({ path }) => path === point.path);
    return leaf === undefined ? [] : [{ leaf, point }];
  });
  const weighed = new Map<string, number>();
  for (const { point } of learnt) {
    for (const [index, { kind }] of point.suits.entries()) {
      if (kind === 'device') continue;
      weighed.set(kind, (weighed.get(kind) ?? 0) + (weights[index] ?? otherWeight));
    }
  }
  for (const [kind, weight] of weighed) {
    if (kindWords[kind]?.test(said) === true) weighed.set(kind, weight + namedWeight);
  }
  const [best] = [...weighed].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined) return null;
  const [kind] = best;
  return { kind, asset: readingsOf(learnt, kind), device: readingsOf(learnt, 'device') };
}

function readingsOf(learnt: readonly Learnt[], kind: string): Reading[] {
  const taken = new Set<string>();
  const readings: Reading[] = [];
  for (const { leaf, point } of learnt) {
    const suit = point.suits.find((one) => one.kind === kind);
    if (suit === undefined || taken.has(suit.metric)) continue;
    taken.add(suit.metric);
    const { metric, words } = suit;
    const unit = unitOf(point, kind, metric);
    const field = {
      ...{ path: point.path, metric },
      ...(words === undefined ? {} : { words }),
      ...(unit === null ? {} : { unit }),
    };
    readings.push({ leaf, field, doubts: [] });
  }
  return readings;
}

/** Only where it is another than that of the metric. */
function unitOf({ unit }: LearntPoint, kind: string, metric: string): string | null {
  const own = kinds[kind]?.metrics[metric];
  return own?.type !== 'number' || unit === own.unit ? null : unit;
}
