/** A stretch of time [from, to), UTC epoch milliseconds, with what made it so. */
export interface Interval<T = unknown> {
  readonly from: number;
  readonly to: number;
  readonly cause: T;
}

/** The part of an interval inside [from, to); null when there is none. */
function clip<T>(interval: Interval<T>, from: number, to: number): Interval<T> | null {
  const start = Math.max(interval.from, from);
  const end = Math.min(interval.to, to);
  return start < end ? { from: start, to: end, cause: interval.cause } : null;
}

/** A stretch of one bucket with every cause that covers it. */
export interface Segment<B extends string, T> {
  readonly bucket: B;
  readonly from: number;
  readonly to: number;
  readonly causes: readonly T[];
}

/**
 * Cuts [from, to) into the fewest stretches that each belong to one bucket: the first of `layers` that covers
 * it, else `otherwise`. The stretches are in order and leave nothing out.
 */
export function layOver<B extends string, T>(
  from: number,
  to: number,
  layers: readonly { readonly bucket: B; readonly intervals: readonly Interval<T>[] }[],
  otherwise: B,
): readonly Segment<B, T>[] {
  const edges = layers.flatMap(({ intervals }, layer) =>
    intervals.flatMap((interval) => {
      const inside = clip(interval, from, to);
      if (inside === null) return [];
      return [
        { at: inside.from, layer, interval: inside, starts: true },
        { at: inside.to, layer, interval: inside, starts: false },
      ];
    }),
  );
  edges.sort((a, b) => a.at - b.at);
  const active = layers.map(() => new Set<Interval<T>>());
  const segments: Segment<B, T>[] = [];
  const say = (start: number, end: number) => {
    if (start >= end) return;
    const top = active.findIndex((intervals) => intervals.size > 0);
    const causes = [...(active[top] ?? [])].map((interval) => interval.cause);
    push(segments, { bucket: layers[top]?.bucket ?? otherwise, from: start, to: end, causes });
  };
  let at = from;
  for (const edge of edges) {
    say(at, edge.at);
    at = edge.at;
    if (edge.starts) active[edge.layer]?.add(edge.interval);
    else active[edge.layer]?.delete(edge.interval);
  }
  say(at, to);
  return segments;
}

function push<B extends string, T>(segments: Segment<B, T>[], next: Segment<B, T>): void {
  const last = segments.at(-1);
  if (last === undefined || last.bucket !== next.bucket) {
    segments.push(next);
    return;
  }
  const causes = [...new Set([...last.causes, ...next.causes])];
  segments[segments.length - 1] = { ...last, to: next.to, causes };
}
