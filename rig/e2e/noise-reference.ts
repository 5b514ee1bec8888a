/** A one-minute sound level. */
export interface Level {
  readonly at: number;
  readonly db: number;
}
/** A breach as this evaluator sees it; `end` is null while it stands. */
export interface Breach {
  readonly onset: number;
  readonly end: number | null;
}

const minute = 60_000;

/** Energy mean of the levels in (at − 15 min, at]; null with fewer than `minSamples`. */
export function leqAt(levels: readonly Level[], at: number, minSamples: number): number | null {
  const window = levels.filter((level) => level.at > at - 15 * minute && level.at <= at);
  if (window.length < minSamples) return null;
  const energy = window.reduce((sum, { db }) => sum + 10 ** (db / 10), 0) / window.length;
  return 10 * Math.log10(energy);
}

/**
 * The rule of the standard, from scratch: Leq above 50 held 15 min opens, below 47 held 10 min closes; both
 * are dated back to where they began. Quadratic on purpose: nothing here is clever.
 */
export function breachesOf(levels: readonly Level[], minSamples: number): Breach[] {
  const series = levels.map(({ at }) => ({ at, leq: leqAt(levels, at, minSamples) }));
  const heldFrom = (from: number, forMs: number, holds: (leq: number) => boolean) =>
    series.some(({ at }) => at >= from + forMs) &&
    series.every(({ at, leq }) => at < from || at > from + forMs || (leq !== null && holds(leq)));
  const found: Breach[] = [];
  let onset: number | null = null;
  for (const { at, leq } of series) {
    const last = found.at(-1);
    if (leq === null || (last?.end != null && at < last.end + 10 * minute)) continue;
    if (onset === null && leq > 50 && heldFrom(at, 15 * minute, (l) => l > 50)) {
      onset = at;
      found.push({ onset, end: null });
    } else if (onset !== null && at > onset + 15 * minute && leq < 47) {
      if (!heldFrom(at, 10 * minute, (l) => l < 47)) continue;
      found[found.length - 1] = { onset, end: at };
      onset = null;
    }
  }
  return found;
}
