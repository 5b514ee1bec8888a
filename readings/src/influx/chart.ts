import type { Reading, Series } from '../reading.ts';
import { createBucketFold } from '../store/buckets.ts';
import { type ChartPart, chartParts, type Stretch } from '../store/stretch.ts';
import type { Buckets, Span } from '../store.ts';
import type { Rollups } from './rollups.ts';

/**
 * A chart of one point from rollups where they say everything, and from readings elsewhere.
 * @param read readings with from ≤ at < to in time order, a page at a time
 */
export async function chartOf(
  rollups: Rollups,
  series: Series,
  stretch: Stretch,
  read: (from: number, to: number) => AsyncIterable<readonly Reading[]>,
): Promise<Buckets> {
  const { rawFrom } = rollups;
  // Before the rollups are asked for: what becomes dirty meanwhile is not in them yet.
  const unrolled = rollups.unrolled(series.point, stretch);
  const hours = await rollups.hours(series, stretch);
  const fold = createBucketFold(series, stretch);
  const parts = chartParts(stretch, { rollups: hours, unrolled, rawFrom });
  for (const part of joined(parts)) {
    if (part.type === 'hour') {
      fold.addHour(part.rollup);
      continue;
    }
    for await (const page of read(part.from, part.to)) {
      for (const { at, value } of page) fold.add(at, value);
    }
  }
  return fold.result();
}

/** Between raw stretches without an hour there is nothing: reading on costs less than asking again. */
function* joined(parts: Iterable<ChartPart>): Generator<ChartPart> {
  let from: number | null = null;
  let to = 0;
  for (const part of parts) {
    if (part.type === 'raw') {
      from ??= part.from;
      to = part.to;
      continue;
    }
    if (from !== null) yield { type: 'raw', from, to };
    from = null;
    yield part;
  }
  if (from !== null) yield { type: 'raw', from, to };
}

/** Spans that take in what rollups know of readings that are gone. */
export function widened(
  spans: ReadonlyMap<string, Span>,
  rolled: ReadonlyMap<string, Span>,
): ReadonlyMap<string, Span> {
  const all = new Map(spans);
  for (const [point, { first, last }] of rolled) {
    const span = all.get(point) ?? { first, last };
    all.set(point, { first: Math.min(first, span.first), last: Math.max(last, span.last) });
  }
  return all;
}
