/** A stretch of event time [from, to), and what makes it so. */
export interface Cover<T> {
  /** UTC epoch milliseconds. */
  readonly from: number;
  /** Infinity while it lasts. */
  readonly to: number;
  readonly by: T;
}

/**
 * What hides the whole of a life, in the order of time.
 * @param life [from, to); `to` is Infinity while it lasts
 * @returns null when any instant of it lies open
 */
export function coversOf<T>(
  life: { readonly from: number; readonly to: number },
  covers: readonly Cover<T>[],
): readonly T[] | null {
  let until = life.from;
  const by: T[] = [];
  for (const cover of covers.toSorted((a, b) => a.from - b.from)) {
    if (cover.from > until) return null;
    if (cover.to <= until) continue;
    until = cover.to;
    by.push(cover.by);
    if (until >= life.to) return by;
  }
  return null;
}
