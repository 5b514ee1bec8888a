import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Standard } from '../catalogue/standard.ts';

/** A standard from an instant on, UTC epoch milliseconds. */
export interface VersionFrom {
  readonly standard: Standard;
  readonly effective: number;
}

/** From an instant on, one number of one rule has another value for one point. */
export interface LimitChange {
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly rule: string;
  /** `limit`, `clear`, `for_s`…, as in the limits of an estate's file. */
  readonly name: string;
  /** Null: the rule's own number again. */
  readonly value: number | null;
  readonly effective: number;
}

/** What was in force until an instant, which no longer belongs to it. */
export interface Stretch {
  readonly standard: Standard;
  readonly estates: readonly Estate[];
  readonly until: number;
}

/** What is in force for one estate in the end, and what was before that. */
export interface Timeline {
  readonly standard: Standard;
  readonly estates: readonly Estate[];
  readonly earlier: readonly Stretch[];
}

/** The last version that was in force at `at`; the first one also counts for what came before it. */
export function standardAt(versions: readonly VersionFrom[], at: number): Standard {
  const found = versions.findLast((version) => version.effective <= at) ?? versions[0];
  if (found === undefined) throw new Error('there is no version of the standard');
  return found.standard;
}

/** The estate with the numbers that were in force at `at`. Assets without a change stay the same objects. */
export function estateAt(estate: Estate, changes: readonly LimitChange[], at: number): Estate {
  return withLimits(
    estate,
    changes.filter((change) => change.effective <= at),
  );
}

/**
 * By what each reading of an estate is judged.
 * @param estate as its file has it: those numbers are in force from the beginning
 * @param versions ascending by `effective`; the first one also counts for what came before it
 * @param changes ascending by `effective`; of the same number and instant the last one counts
 * @param since what was over by then is left out
 */
export function timelineOf(
  estate: Estate,
  versions: readonly VersionFrom[],
  changes: readonly LimitChange[],
  since = Number.NEGATIVE_INFINITY,
): Timeline {
  const edges = [
    ...versions.slice(1).map((version) => version.effective),
    ...changes.map((change) => change.effective),
  ];
  const untils = [...new Set(edges)].filter((edge) => edge > since).sort((a, b) => a - b);
  const earlier: Stretch[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let current = estate;
  const upTo = (until: number) => {
    // One stretch is made from the one before it, so that both share every asset that stays as it was.
    const now = changes.filter(({ effective }) => effective >= from && effective < until);
    current = withLimits(current, now);
    from = until;
    return { standard: standardAt(versions, until - 1), estates: [current] };
  };
  for (const until of untils) earlier.push({ ...upTo(until), until });
  return { ...upTo(Number.POSITIVE_INFINITY), earlier };
}

function withLimits(estate: Estate, changes: readonly LimitChange[]): Estate {
  if (changes.length === 0) return estate;
  const byPoint = Map.groupBy(changes, (change) => change.point);
  const pointOf = (point: Point): Point => {
    const own = byPoint.get(point.id);
    return own === undefined ? point : { ...point, limits: limitsWith(point.limits, own) };
  };
  const assetOf = (asset: Asset): Asset =>
    asset.points.some((point) => byPoint.has(point.id))
      ? { ...asset, points: asset.points.map(pointOf) }
      : asset;
  return { ...estate, assets: estate.assets.map(assetOf) };
}

function limitsWith(limits: Point['limits'], changes: readonly LimitChange[]): Point['limits'] {
  const result: Record<string, Record<string, number>> = { ...limits };
  for (const { rule, name, value } of changes) {
    const { [name]: _, ...others } = result[rule] ?? {};
    const numbers = value === null ? others : { ...others, [name]: value };
    if (Object.keys(numbers).length === 0) delete result[rule];
    else result[rule] = numbers;
  }
  return result;
}
