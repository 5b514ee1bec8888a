import type { Episode } from '@caretaker/cloud/contract';

/** One hour of a strip: shares of the hour, 0..1. */
export interface StripHour {
  readonly from: number;
  readonly breach: number;
  readonly unknown: number;
}

type Span = readonly [from: number, to: number];

/** Length of the union of spans inside a window, milliseconds. */
export function unionWithin(spans: readonly Span[], from: number, to: number): number {
  let covered = 0;
  let reached = from;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const begin = Math.max(start, reached);
    const stop = Math.min(end, to);
    if (stop <= begin) continue;
    covered += stop - begin;
    reached = stop;
  }
  return covered;
}

const hour = 3_600_000;

/** The 24 hours before `now`, oldest first, from the standing episodes of some assets. */
export function stripOf(episodes: readonly Episode[], now: number): StripHour[] {
  const standing = episodes.filter((one) => one.state === 'standing' && one.severity !== 'advice');
  const span = (one: Episode): Span => [one.onset, one.end ?? now];
  const unknown = standing.filter((one) => one.effect === 'unknown').map(span);
  const breach = standing.filter((one) => one.effect !== 'unknown').map(span);
  return Array.from({ length: 24 }, (_, index) => {
    const from = now - (24 - index) * hour;
    return {
      from,
      breach: unionWithin(breach, from, from + hour) / hour,
      unknown: unionWithin(unknown, from, from + hour) / hour,
    };
  });
}
