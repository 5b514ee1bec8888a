import type { Episode } from '@caretaker/cloud/contract';

/** More new breaches an hour than this is more than one person can take in. */
const most = 10;
const hour = 3_600_000;

export interface Flood {
  readonly total: number;
  /** Most frequent first. */
  readonly causes: readonly { readonly item: string; readonly count: number }[];
}

/** The breaches detected in the last hour, by item; null when one can still read them one by one. */
export function floodOf(episodes: readonly Episode[], now: number): Flood | null {
  const fresh = episodes.filter(
    (one) =>
      one.state === 'standing' &&
      !one.history &&
      one.effect !== 'unknown' &&
      one.severity !== 'advice' &&
      one.detected > now - hour,
  );
  if (fresh.length <= most) return null;
  const causes = [...Map.groupBy(fresh, (one) => one.item)]
    .map(([item, all]) => ({ item, count: all.length }))
    .sort((a, b) => b.count - a.count);
  return { total: fresh.length, causes };
}
