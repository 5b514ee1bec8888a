import type { StateBucket } from '@caretaker/cloud/contract';
import type { Span } from './series.ts';

/** A stretch in one state; null where it is unknown. */
export interface StateSpan extends Span {
  readonly state: string | null;
}

/** One bucket as stretches: its shares to scale, the state it ended in last. */
function cut(bucket: StateBucket): StateSpan[] {
  const length = bucket.to - bucket.from;
  const total = Object.values(bucket.shares).reduce((sum, share) => sum + share, 0);
  if (total <= 0) return [{ from: bucket.from, to: bucket.to, state: bucket.last }];
  const entries = Object.entries(bucket.shares)
    .filter(([, share]) => share > 0)
    .sort(([a], [b]) => Number(a === bucket.last) - Number(b === bucket.last));
  let from = bucket.from;
  return entries.map(([state, share]) => {
    const to = from + (share / total) * length;
    const span = { from, to, state };
    from = to;
    return span;
  });
}

function merge(spans: readonly StateSpan[]): StateSpan[] {
  const merged: StateSpan[] = [];
  for (const span of spans) {
    if (span.to <= span.from) continue;
    const last = merged.at(-1);
    if (last !== undefined && last.state === span.state) {
      merged[merged.length - 1] = { ...last, to: span.to };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

/**
 * The states of a window, oldest first, without holes. A state holds until the next reading, at most
 * for its silence limit.
 * @param silentAfter milliseconds; null for a point that is never silent.
 */
export function stateSpans(
  buckets: readonly StateBucket[],
  window: Span,
  silentAfter: number | null,
): StateSpan[] {
  const spans: StateSpan[] = [];
  let held: string | null = null;
  let holdsUntil = Number.NEGATIVE_INFINITY;
  for (const bucket of buckets) {
    const from = Math.max(bucket.from, window.from);
    const to = Math.min(bucket.to, window.to);
    if (to <= from) continue;
    if (bucket.n > 0) {
      spans.push(...cut({ ...bucket, from, to }));
      held = bucket.last;
      holdsUntil =
        silentAfter === null ? Number.POSITIVE_INFINITY : (bucket.lastAt ?? to) + silentAfter;
      continue;
    }
    const known = Math.min(Math.max(holdsUntil, from), to);
    spans.push({ from, to: known, state: held }, { from: known, to, state: null });
  }
  return merge(spans);
}
