import { kinds } from '../../kinds/index.ts';
import type { LearntPoint } from '../learn/learn.ts';
import type { Reading } from './fields.ts';
import type { Leaf } from './leaves.ts';
import { likeliestKind } from './likeliest.ts';

/** What a device has described for Home Assistant, read as one kind of asset. */
interface LessonGuess {
  readonly kind: string;
  readonly asset: readonly Reading[];
  readonly device: readonly Reading[];
}

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
  const votes = learnt.flatMap(({ point }) =>
    point.suits.map(({ kind }, rank) => ({ kind, rank })),
  );
  const kind = likeliestKind(votes, said);
  if (kind === null) return null;
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
