import type { Asset, Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '../catalogue/standard.ts';
import { checkOverrides } from '../rules/overrides.ts';

/** Numbers that an estate would have of its own for a rule at one of its points. */
export interface OwnLimits {
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly rule: string;
  /** By name, `limit`, `clear`, `for_s`…, as in the limits of an estate's file. */
  readonly numbers: Readonly<Record<string, number>>;
}

const unknown = 'STANDARDS_UNKNOWN_OVERRIDE';

/**
 * Why an estate cannot have these numbers: nothing reads them, or the rule makes no sense with them.
 * @param estate with the limits that are in force otherwise
 */
export function checkLimits(standard: Standard, estate: Estate, own: OwnLimits): Fault[] {
  const { point, rule, numbers } = own;
  const asset = estate.assets.find((a) => a.points.some((p) => p.id === point));
  if (asset === undefined) {
    return [{ code: unknown, message: `the estate ${estate.id} has no such point`, where: point }];
  }
  const held = asset.points.find((p) => p.id === point)?.limits[rule];
  const faults = faultsWith(standard, estate, asset, { ...own, numbers: { ...held, ...numbers } });
  // What is only taken back may belong to a rule that is gone.
  const given = Object.keys(numbers).length > 0;
  return given ? faults : faults.filter((fault) => fault.code !== unknown);
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
    .filter((point) =>
      faultsWith(standard, estate, asset, { point, rule, numbers: { [name]: 1 } }).every(
        (fault) => fault.code !== unknown,
      ),
    );
}

/** Faults of these limits alone; only the assets that rules of this one reach are looked at. */
function faultsWith(
  standard: Standard,
  estate: Estate,
  asset: Asset,
  { point, rule, numbers }: OwnLimits,
): Fault[] {
  const related = new Set(Object.values(asset.relations).flat());
  const others = estate.assets.filter((a) => a !== asset && related.has(a.id));
  const points = asset.points.map((p) => ({
    ...p,
    limits: p.id === point ? { [rule]: numbers } : {},
  }));
  const bare = others.map((other) => ({
    ...other,
    points: other.points.map((p) => ({ ...p, limits: {} })),
  }));
  return checkOverrides(standard, [{ ...estate, assets: [{ ...asset, points }, ...bare] }]);
}
