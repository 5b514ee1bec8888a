import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '../catalogue/standard.ts';
import { rulesFor } from './asset.ts';
import { type Leaf, resolve } from './resolve.ts';

/** Overrides of estates that name no rule of their point, or no number of the rule. */
export function checkOverrides(standard: Standard, estates: readonly Estate[]): Fault[] {
  return estates.flatMap((estate) =>
    estate.assets.flatMap((asset) =>
      asset.points.flatMap((point) => checkPoint(standard, asset, point)),
    ),
  );
}

function checkPoint(standard: Standard, asset: Asset, point: Point): Fault[] {
  if (Object.keys(point.limits).length === 0) return [];
  const watching = rulesFor(standard, asset);
  return Object.entries(point.limits).flatMap(([id, numbers]) => {
    const fault = (message: string): Fault => ({
      code: 'STANDARDS_UNKNOWN_OVERRIDE',
      message,
      where: `${point.id} limits.${id}`,
    });
    const rule = watching.find((r) => r.id === id);
    const resolved = rule === undefined ? undefined : resolve(rule, asset);
    const leaves =
      resolved === undefined || 'missing' in resolved
        ? []
        : resolved.leaves.filter((leaf) => leaf.point === point.id);
    if (leaves.length === 0) return [fault(`no rule "${id}" watches this point`)];
    const known = [...new Set([...leaves.flatMap(namesOf), 'for_s', 'clear_for_s'])];
    return Object.keys(numbers)
      .filter((name) => !known.includes(name))
      .map((name) => fault(`${id} has no "${name}"; it has ${known.join(', ')}`));
  });
}

function namesOf(leaf: Leaf): string[] {
  const names: string[] = [];
  if (leaf.comparison === 'outside') names.push('low', 'high');
  else if (leaf.comparison !== 'is' && leaf.comparison !== 'changed') names.push('limit');
  if (leaf.clear !== null) names.push('clear');
  if (leaf.clearInside !== null) names.push('clear_low', 'clear_high');
  if (leaf.count !== null) names.push(leaf.count.share === null ? 'least' : 'share', 'of');
  if (leaf.share !== null) names.push('share');
  if ((leaf.count?.clearShare ?? leaf.share?.clear ?? null) !== null) names.push('clear_share');
  if (leaf.absent > 0) names.push('absent_s');
  return names;
}
