import type { Asset, Estate } from '@caretaker/devices/model';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import { checkLimits, pointsWith, type Standard } from '@caretaker/standards';

/** Numbers of one rule at one place that an estate gives itself, or takes back. */
export interface OwnNumbers {
  /** `estate/asset` or `estate/asset/metric`. */
  readonly at: string;
  readonly rule: string;
  /** Null: the rule's own number again. */
  readonly numbers: Readonly<Record<string, number | null>>;
}

export interface PlacedNumber {
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly name: string;
  readonly value: number | null;
}

/**
 * The points at which the rule reads the numbers.
 * @param estate with the limits it has otherwise
 * @throws FaultsError `CLOUD_OVERRIDE_INVALID` with every fault
 */
export function placeNumbers(
  standard: Standard,
  estate: Estate,
  { at, rule, numbers }: OwnNumbers,
): PlacedNumber[] {
  const asset = estate.assets.find(
    (a) => `${estate.id}/${a.id}` === at || a.points.some((point) => point.id === at),
  );
  if (asset === undefined) {
    const message = `the estate ${estate.id} has no such asset or point`;
    throw refused([{ code: 'STANDARDS_UNKNOWN_OVERRIDE', message, where: at }]);
  }
  const faults: Fault[] = [];
  const placed: PlacedNumber[] = [];
  for (const [name, value] of Object.entries(numbers)) {
    const points = placesOf(standard, estate, asset, { at, rule, name });
    if (points.length === 1) placed.push({ point: points[0] ?? at, name, value });
    else faults.push(...ambiguous(standard, estate, { at, rule, name }, points));
  }
  for (const [point, own] of Map.groupBy(placed, (number) => number.point)) {
    const set = own.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
    const back = own.filter((number) => number.value === null).map((number) => number.name);
    const rest = estateWithout(estate, asset, { point, rule, names: back });
    faults.push(...checkLimits(standard, rest, { point, rule, numbers: Object.fromEntries(set) }));
  }
  if (faults.length > 0) throw refused(faults);
  return placed;
}

/** The number that an estate has of its own; null when it has none. */
export function ownNumber(estate: Estate, point: string, rule: string, name: string) {
  for (const asset of estate.assets) {
    const found = asset.points.find((p) => p.id === point);
    if (found !== undefined) return found.limits[rule]?.[name] ?? null;
  }
  return null;
}

interface Named {
  readonly at: string;
  readonly rule: string;
  readonly name: string;
}

function placesOf(standard: Standard, estate: Estate, asset: Asset, named: Named): string[] {
  const { at, rule, name } = named;
  const held = asset.points.filter((p) => p.limits[rule]?.[name] !== undefined).map((p) => p.id);
  const read = pointsWith(standard, estate, asset, rule, name);
  const all = [...new Set([...held, ...read])];
  if (asset.points.some((point) => point.id === at)) return all.filter((point) => point === at);
  // A hold belongs to the rule: the point that has it is read first, whichever it is.
  if (name === 'for_s' || name === 'clear_for_s') return all.slice(0, 1);
  return all;
}

function ambiguous(
  standard: Standard,
  estate: Estate,
  { at, rule, name }: Named,
  points: readonly string[],
): Fault[] {
  const where = `${at} limits.${rule}`;
  if (points.length > 1) {
    const message = `"${name}" is read at ${points.join(' and ')}: name one of them`;
    return [{ code: 'CLOUD_OVERRIDE_AMBIGUOUS', message, where }];
  }
  const point = estate.assets.flatMap((a) => a.points).find((p) => p.id === at)?.id;
  if (point !== undefined)
    return checkLimits(standard, estate, { point, rule, numbers: { [name]: 1 } });
  const message = `no point of it has a "${name}" of the rule "${rule}"`;
  return [{ code: 'STANDARDS_UNKNOWN_OVERRIDE', message, where }];
}

function estateWithout(
  estate: Estate,
  asset: Asset,
  { point, rule, names }: { point: string; rule: string; names: readonly string[] },
): Estate {
  if (names.length === 0) return estate;
  const points = asset.points.map((p) => {
    if (p.id !== point) return p;
    const numbers = Object.entries(p.limits[rule] ?? {}).filter(([name]) => !names.includes(name));
    return { ...p, limits: { ...p.limits, [rule]: Object.fromEntries(numbers) } };
  });
  const assets = estate.assets.map((a) => (a === asset ? { ...a, points } : a));
  return { ...estate, assets };
}

function refused(faults: readonly Fault[]): FaultsError {
  return new FaultsError('CLOUD_OVERRIDE_INVALID', 'These numbers cannot be used:', faults);
}
