import { CaretakerError } from '../base/index.ts';
import { HOUR, type HourRollup } from './rollup.ts';

/** More stretches than any screen is wide; bounds the answer. */
const MAX_BUCKETS = 10_000;

/** `count` parts of [from, to). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Where part i begins and part i − 1 ends. */
  edge(i: number): number;
}

/**
 * Part i begins at from + ⌊i × (to − from) / count⌋: the one definition of where buckets lie.
 * @throws CaretakerError `READINGS_STORE_RANGE` unless from < to are whole and 1 ≤ count ≤ 10,000.
 */
export function stretchOf(from: number, to: number, count: number): Stretch {
  const instants = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to;
  if (!instants || !Number.isInteger(count) || count < 1 || count > MAX_BUCKETS) {
    throw new CaretakerError({
      code: 'READINGS_STORE_RANGE',
      message: `Cannot divide the time from ${from} to ${to} into ${count} buckets`,
      next: `Give whole milliseconds with from before to, and 1 to ${MAX_BUCKETS} buckets.`,
    });
  }
  const width = to - from;
  return { from, to, count, edge: (i) => from + Math.floor((i * width) / count) };
}

/** Finds the parts of ascending instants by walking forward. */
export function walkerOf({ count, edge }: Stretch) {
  let i = 0;
  let end = edge(1);
  const bucketOf = (at: number) => {
    while (at >= end && i < count - 1) {
      i += 1;
      end = edge(i + 1);
    }
    return i;
  };
  return { bucketOf, endOf: (at: number) => edge(bucketOf(at) + 1) };
}

/** A time with from ≤ at < to. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What a chart takes next: an hour that is summed up, or raw readings. */
export type ChartPart =
  | { readonly type: 'hour'; readonly rollup: HourRollup }
  | ({ readonly type: 'raw' } & Interval);

export interface ChartSources {
  /** Up-to-date rollups of the hours from `hourOf(from)` on, ascending. */
  readonly rollups: Iterable<HourRollup>;
  /** Ascending times in which the rollups do not say everything: their readings are taken raw. */
  readonly unrolled: Iterable<Interval>;
  /** Earlier hours are known by their rollups only; `null` when none are. */
  readonly rawFrom: number | null;
}

/**
 * Where the figures of a chart come from, in ascending time: rollups of hours that lie wholly inside one bucket,
 * and raw readings of the others. An hour whose readings are gone counts where it begins. Raw stretches that
 * touch are one.
 */
export function* chartParts(stretch: Stretch, sources: ChartSources): Generator<ChartPart> {
  let raw: Interval | null = null;
  for (const part of placedParts(stretch, sources)) {
    if (part.type === 'raw' && raw !== null && part.from <= raw.to) {
      raw = { from: Math.min(raw.from, part.from), to: Math.max(raw.to, part.to) };
      continue;
    }
    if (raw !== null) yield { type: 'raw', ...raw };
    raw = part.type === 'raw' ? { from: part.from, to: part.to } : null;
    if (part.type === 'hour') yield part;
  }
  if (raw !== null) yield { type: 'raw', ...raw };
}

/** The parts as they come; raw ones may overlap. */
function* placedParts(
  stretch: Stretch,
  { rollups, unrolled, rawFrom }: ChartSources,
): Generator<ChartPart> {
  const { endOf } = walkerOf(stretch);
  for (const { from: begins, to: ends, rollup } of piecesOf(rollups, unrolled)) {
    const from = Math.max(begins, stretch.from);
    const to = Math.min(ends, stretch.to);
    if (from >= to) continue;
    const whole = begins >= stretch.from && ends <= endOf(from);
    const gone = rollup !== null && rawFrom !== null && begins < rawFrom;
    if (rollup === null || !(whole || gone)) yield { type: 'raw', from, to };
    else if (begins >= stretch.from) yield { type: 'hour', rollup };
  }
}

interface Piece extends Interval {
  readonly rollup: HourRollup | null;
}

/** Rollups and unrolled times by their beginning, without the rollups of hours that are not rolled up whole. */
function* piecesOf(rollups: Iterable<HourRollup>, unrolled: Iterable<Interval>): Generator<Piece> {
  const times = unrolled[Symbol.iterator]();
  let time = times.next();
  for (const rollup of rollups) {
    const piece = { from: rollup.hour, to: rollup.hour + HOUR, rollup };
    let stale = false;
    while (time.done !== true && time.value.from < piece.to) {
      yield { ...time.value, rollup: null };
      if (time.value.to > piece.from) stale = true;
      if (time.value.to > piece.to) break;
      time = times.next();
    }
    if (stale) yield { ...piece, rollup: null };
    else yield piece;
  }
  for (; time.done !== true; time = times.next()) yield { ...time.value, rollup: null };
}
