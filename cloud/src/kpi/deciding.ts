import type { Asset } from '@caretaker/devices/model';
import type { Span } from '@caretaker/readings';

/** Points whose silence makes an asset's uptime unknown: those that decide a `down` rule, else all. */
export function decidingPoints(asset: Asset, downPoints: ReadonlySet<string>): readonly string[] {
  const own = asset.points.map((point) => point.id);
  const deciding = own.filter((point) => downPoints.has(point));
  return deciding.length > 0 ? deciding : own;
}

/**
 * From when on an asset's uptime is known: when every deciding point that reports regularly has reported.
 * Points that speak only when something happens do not hold it back, unless there are no others.
 *
 * @returns null while it is not known at all
 */
export function knownFrom(
  asset: Asset,
  deciding: readonly string[],
  spans: ReadonlyMap<string, Span>,
): number | null {
  const points = asset.points.filter((point) => deciding.includes(point.id));
  const regular = points.filter((point) => point.silentAfter !== null);
  const firsts = (list: typeof points) => list.map((point) => spans.get(point.id)?.first);
  if (regular.length > 0) {
    const all = firsts(regular).filter((first) => first !== undefined);
    return all.length < regular.length ? null : Math.max(...all);
  }
  const any = firsts(points).filter((first) => first !== undefined);
  return any.length === 0 ? null : Math.min(...any);
}
