import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '../catalogue/standard.ts';
import { rulesFor } from './asset.ts';
import { maxReadings } from './clause.ts';
import { type Leaf, type Related, relatedIn, resolve } from './resolve.ts';

const longestSeconds = 35 * 24 * 3_600;

/** Overrides of estates that name no rule of their point, no number of the rule, or a number that cannot work. */
export function checkOverrides(standard: Standard, estates: readonly Estate[]): Fault[] {
  return estates.flatMap((estate) => {
    const related = relatedIn(estate.assets);
    return estate.assets.flatMap((asset) =>
      asset.points.flatMap((point) => checkPoint(standard, asset, point, related)),
    );
  });
}

function checkPoint(standard: Standard, asset: Asset, point: Point, related: Related): Fault[] {
  if (Object.keys(point.limits).length === 0) return [];
  const watching = rulesFor(standard, asset, related);
  return Object.entries(point.limits).flatMap(([id, numbers]) => {
    const fault = (code: string, message: string): Fault => ({
      code,
      message,
      where: `${point.id} limits.${id}`,
    });
    const rule = watching.find((r) => r.id === id);
    const resolved = rule === undefined ? undefined : resolve(rule, asset, related);
    const leaves =
      resolved === undefined || 'missing' in resolved
        ? []
        : resolved.leaves.filter((leaf) => leaf.point === point.id);
    if (leaves.length === 0) {
      return [fault('STANDARDS_UNKNOWN_OVERRIDE', `no rule "${id}" watches this point`)];
    }
    const known = [...new Set([...leaves.flatMap(namesOf), 'for_s', 'clear_for_s'])];
    const unknown = Object.keys(numbers).filter((name) => !known.includes(name));
    const allowed = known.join(', ');
    return [
      ...unknown.map((name) =>
        fault('STANDARDS_UNKNOWN_OVERRIDE', `${id} has no "${name}"; it has ${allowed}`),
      ),
      ...[...Object.entries(numbers).flatMap(outOfBounds), ...leaves.flatMap(crossed)].map(
        (message) => fault('STANDARDS_OVERRIDE_VALUE', message),
      ),
    ];
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

const bounds: Readonly<Record<string, readonly [least: number, most: number, whole: boolean]>> = {
  least: [1, maxReadings, true],
  of: [1, maxReadings, true],
  share: [0, 1, false],
  clear_share: [0, 1, false],
  absent_s: [0.001, longestSeconds, false],
  for_s: [0, longestSeconds, false],
  clear_for_s: [0, longestSeconds, false],
};

function outOfBounds([name, value]: readonly [string, number]): string[] {
  const [least, most, whole] = bounds[name] ?? [-Number.MAX_VALUE, Number.MAX_VALUE, false];
  if (value >= least && value <= most && !(whole && !Number.isInteger(value))) return [];
  return [`${name} ${value}: write a ${whole ? 'whole ' : ''}number from ${least} to ${most}`];
}

/** Numbers that are sound alone and do not go together. */
function crossed({ comparison, limit, clear, outside, clearInside, count, share }: Leaf): string[] {
  const upward = comparison === 'above' || comparison === 'atLeast';
  const faults: string[] = [];
  if (clear !== null && (upward ? clear > limit : clear < limit)) {
    faults.push(`clear ${clear} lies on the breaching side of the limit ${limit}`);
  }
  const [low, high] = outside;
  const [clearLow, clearHigh] = clearInside ?? [low, high];
  if (!(low <= clearLow && clearLow <= clearHigh && clearHigh <= high)) {
    faults.push(`${clearLow} to ${clearHigh} does not lie inside ${low} to ${high}`);
  }
  if (count !== null && count.least > count.of) {
    faults.push(`${count.least} of ${count.of} can never be reached`);
  }
  const part = count?.share ?? share?.atLeast ?? 1;
  const clearPart = count?.clearShare ?? share?.clear ?? 0;
  if (clearPart > part) faults.push(`clear_share ${clearPart} lies above the share ${part}`);
  return faults;
}
