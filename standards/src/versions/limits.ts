import type { Asset, Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import { ruleOf, type Standard } from '../catalogue/standard.ts';
import { checkOverrides } from '../rules/overrides.ts';
import { type Leaf, resolve } from '../rules/resolve.ts';

/** Numbers that an estate would have of its own for a rule at one of its points. */
export interface OwnLimits {
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly rule: string;
  /** By name, `limit`, `clear`, `for_s`…, as in the limits of an estate's file. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** No hold may be longer than the horizon within which late readings are judged again. */
const longestHold = 35 * 24 * 3600;

/**
 * Why an estate cannot have these numbers: nothing reads them, or the rule made no sense with them.
 * @param estate with the limits that are in force otherwise
 */
export function checkLimits(standard: Standard, estate: Estate, own: OwnLimits): Fault[] {
  const { point, rule: id, numbers } = own;
  const asset = estate.assets.find((a) => a.points.some((p) => p.id === point));
  if (asset === undefined) {
    const message = `the estate ${estate.id} has no point "${point}"`;
    return [{ code: 'STANDARDS_UNKNOWN_OVERRIDE', message, where: point }];
  }
  const assets = [withOnly(asset, own), ...estate.assets.filter((a) => a !== asset).map(bare)];
  // Numbers that are only taken back may belong to a rule that is gone.
  const given = Object.keys(numbers).length > 0;
  const faults = given ? checkOverrides(standard, [{ ...estate, assets }]) : [];
  if (faults.length > 0) return faults;
  const changed = merged(asset, own);
  const rule = ruleOf(standard, id);
  const related = (other: string) => estate.assets.find((a) => a.id === other);
  const resolved = rule === undefined ? undefined : resolve(rule, changed, related);
  if (resolved === undefined || 'missing' in resolved) return [];
  const wrong = resolved.leaves.filter((leaf) => leaf.point === point).flatMap(sidesOf);
  for (const [name, value] of Object.entries(numbers)) {
    if (!name.endsWith('_s') || (value >= 0 && value <= longestHold)) continue;
    wrong.push(`${name} is a duration from 0 to ${longestHold} seconds`);
  }
  const where = `${point} limits.${id}`;
  return wrong.map((message) => ({ code: 'STANDARDS_OVERRIDE_SENSELESS', message, where }));
}

/**
 * The points of an asset at which a rule reads a number.
 * @param name `limit`, `clear`, `for_s`…
 */
export function pointsWith(
  standard: Standard,
  estate: Estate,
  asset: Asset,
  rule: string,
  name: string,
): string[] {
  return asset.points
    .map((point) => point.id)
    .filter((point) => {
      const assets = [withOnly(asset, { point, rule, numbers: { [name]: 1 } })];
      const others = estate.assets.filter((a) => a !== asset).map(bare);
      return checkOverrides(standard, [{ ...estate, assets: [...assets, ...others] }]).length === 0;
    });
}

function sidesOf(leaf: Leaf): string[] {
  const { comparison, limit, clear, outside, clearInside, count } = leaf;
  const faults: string[] = [];
  const upward = comparison === 'above' || comparison === 'atLeast';
  const downward = comparison === 'below' || comparison === 'atMost';
  if (upward && clear !== null && clear > limit) {
    faults.push(`clear ${clear} lies above the limit ${limit}`);
  }
  if (downward && clear !== null && clear < limit) {
    faults.push(`clear ${clear} lies below the limit ${limit}`);
  }
  const [low, high] = outside;
  if (comparison === 'outside' && low > high) faults.push(`low ${low} lies above high ${high}`);
  if (clearInside !== null) {
    const [from, to] = clearInside;
    if (!(low <= from && from <= to && to <= high)) {
      faults.push(`clear_low ${from} and clear_high ${to} must lie inside ${low}–${high}`);
    }
  }
  if (count === null) return faults;
  for (const number of [count.least, count.of]) {
    if (!Number.isInteger(number) || number < 0 || number > 4_096) {
      faults.push(`${number} is no count from 0 to 4096`);
    }
  }
  if (count.least > count.of) faults.push(`${count.least} of ${count.of} can never be reached`);
  return faults;
}

const bare = (asset: Asset): Asset => ({
  ...asset,
  points: asset.points.map((point) => ({ ...point, limits: {} })),
});

function withOnly(asset: Asset, { point, rule, numbers }: OwnLimits): Asset {
  const own = (id: string) => (id === point ? { [rule]: numbers } : {});
  return { ...asset, points: asset.points.map((p) => ({ ...p, limits: own(p.id) })) };
}

function merged(asset: Asset, { point, rule, numbers }: OwnLimits): Asset {
  return {
    ...asset,
    points: asset.points.map((p) =>
      p.id === point
        ? { ...p, limits: { ...p.limits, [rule]: { ...p.limits[rule], ...numbers } } }
        : p,
    ),
  };
}
