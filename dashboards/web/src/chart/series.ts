import type { NumberBucket } from '@caretaker/cloud/contract';

/** A stretch of time, UTC epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One reading that arrived after the buckets were fetched. */
export interface Reading {
  readonly at: number;
  readonly value: number;
}

/** What one place on the line stands for. */
export interface Sample {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Series {
  readonly samples: readonly Sample[];
  /** Columns for the plot: seconds, lowest, highest, line. Null where the line must break. */
  readonly columns: [number[], (number | null)[], (number | null)[], (number | null)[]];
  /** Where the value was unknown: no reading for longer than its silence limit. */
  readonly unknown: readonly Span[];
}

function sampleOf(bucket: NumberBucket): Sample[] {
  const { n, min, max, mean, last, lastAt, minAt, maxAt } = bucket;
  if (n === 0 || min === null || max === null || last === null || lastAt === null) return [];
  const firstAt = Math.min(minAt ?? lastAt, maxAt ?? lastAt, lastAt);
  const middle = (bucket.from + bucket.to) / 2;
  const at = n === 1 ? lastAt : Math.min(middle, lastAt);
  return [
    {
      at,
      from: bucket.from,
      to: bucket.to,
      n,
      min,
      max,
      mean: mean ?? last,
      last,
      firstAt,
      lastAt,
    },
  ];
}

function sampleOfReading({ at, value }: Reading): Sample {
  return {
    at,
    from: at,
    to: at,
    n: 1,
    min: value,
    max: value,
    mean: value,
    last: value,
    firstAt: at,
    lastAt: at,
  };
}

/** Buckets and what arrived since, in order of time. */
function samplesOf(buckets: readonly NumberBucket[], since: readonly Reading[]): Sample[] {
  const fetched = buckets.flatMap(sampleOf);
  const newest = fetched.at(-1)?.lastAt ?? Number.NEGATIVE_INFINITY;
  const later = since.filter((reading) => reading.at > newest).toSorted((a, b) => a.at - b.at);
  return [...fetched, ...later.map(sampleOfReading)];
}

/**
 * Where a value is unknown inside a window: later than its silence limit after the last reading. What
 * was read before the window may still hold at its start, so the first stretch begins a limit later.
 * @param silentAfter milliseconds; null for a point that is never silent.
 */
function unknownSpans(
  samples: readonly Sample[],
  window: Span,
  silentAfter: number | null,
): Span[] {
  if (silentAfter === null) return [];
  const spans: Span[] = [];
  let holdsUntil = window.from + silentAfter;
  for (const sample of samples) {
    if (sample.firstAt > holdsUntil) spans.push({ from: holdsUntil, to: sample.firstAt });
    holdsUntil = sample.lastAt + silentAfter;
  }
  if (window.to > holdsUntil) spans.push({ from: holdsUntil, to: window.to });
  return spans;
}

/** The series of a window, ready to plot: nothing is carried forward, and a gap looks like a gap. */
export function seriesOf(
  buckets: readonly NumberBucket[],
  since: readonly Reading[],
  window: Span,
  silentAfter: number | null,
): Series {
  const samples = samplesOf(buckets, since).filter(
    (sample) => sample.lastAt >= window.from && sample.firstAt <= window.to,
  );
  const columns: Series['columns'] = [[], [], [], []];
  const push = (at: number, low: number | null, high: number | null, line: number | null) => {
    columns[0].push(at / 1000);
    columns[1].push(low);
    columns[2].push(high);
    columns[3].push(line);
  };
  let before: Sample | undefined;
  for (const sample of samples) {
    const silent =
      before !== undefined && silentAfter !== null && sample.firstAt - before.lastAt > silentAfter;
    if (silent && before !== undefined) push(before.at + 1, null, null, null);
    push(sample.at, sample.min, sample.max, sample.mean);
    before = sample;
  }
  return { samples, columns, unknown: unknownSpans(samples, window, silentAfter) };
}

/**
 * The range of the value axis: all values and all limits inside, with a margin.
 * @returns a range of width 1 round a constant, [0, 1] for nothing at all.
 */
export function valueRange(
  samples: readonly Sample[],
  limits: readonly number[],
): [number, number] {
  const all = [...samples.flatMap((sample) => [sample.min, sample.max]), ...limits];
  if (all.length === 0) return [0, 1];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (low === high) return [low - 0.5, high + 0.5];
  const margin = (high - low) * 0.1;
  // A quantity that is never negative does not get an axis below zero.
  return [low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin];
}

/** Moves labels apart so that none covers another, in order, inside `[low, high]` pixels. */
export function spreadLabels(
  places: readonly number[],
  gap: number,
  low: number,
  high: number,
): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  let least = low;
  for (const one of order) {
    one.place = Math.max(one.place, least);
    least = one.place + gap;
  }
  let most = high;
  for (const one of order.toReversed()) {
    one.place = Math.min(one.place, most);
    most = one.place - gap;
  }
  const result = new Array<number>(places.length).fill(0);
  for (const { place, index } of order) result[index] = place;
  return result;
}
