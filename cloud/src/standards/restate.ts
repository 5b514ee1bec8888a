import type { Asset, Estate } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import { estateAt, ruleOf, type Standard, standardAt } from '@caretaker/standards';
import { changedRules } from '../backtest/changed.ts';
import type { InForce } from './in-force.ts';
import type { OverrideChange } from './overrides.ts';
import { type OwnNumbers, ownNumber, type PlacedNumber, placeNumbers } from './placing.ts';
import type { Entry } from './versions.ts';

const day = 24 * 3_600_000;

/**
 * Whether a restatement may reach back to a time. What the engine has forgotten stays as it is, so all that can
 * still be touched by it must be known: from a good day within the horizon on.
 * @throws CaretakerError `CLOUD_RESTATEMENT_PERIOD`
 */
export function checkPeriod(from: number, now: number, horizon: number): void {
  if (from < now && from >= now - horizon + 2 * day) return;
  const days = Math.floor(horizon / day) - 2;
  throw new CaretakerError({
    code: 'CLOUD_RESTATEMENT_PERIOD',
    message: `Only the past ${days} days can be judged anew.`,
    next: 'Give a time in them; for a time to come, reload the standard or change the limit.',
  });
}

/** What counted at an instant when it was judged then, or was to count from just after what was judged. */
function counted(change: { readonly effective: number; readonly recorded: number }, now: number) {
  const atOnce = change.recorded <= now && change.effective <= change.recorded + 5 * 60_000;
  return change.effective <= now || atOnce;
}

/** What a standard that counts since `from` takes the place of, and which rules read otherwise by it. */
export interface StandardPlan {
  readonly replaced: readonly Entry[];
  readonly rules: readonly string[];
}

/** @returns null when it was in force all along */
export function planStandard(
  { versions }: InForce,
  standard: Standard,
  from: number,
  now: number,
): StandardPlan | null {
  const [, ...others] = versions.all;
  const replaced = others.filter((entry) => entry.effective >= from && counted(entry, now));
  const then = versions.at(from);
  const former = then === undefined ? replaced : [then, ...replaced];
  if (former.every((entry) => entry.version === standard.version)) return null;
  const rules = new Set(
    former.flatMap((entry) => [...changedRules(standard, entry.standard).keys()]),
  );
  return { replaced, rules: [...rules].sort() };
}

/** What numbers that count since `from` take the place of, and whom they concern. */
export interface LimitsPlan {
  readonly numbers: readonly PlacedNumber[];
  /** As they were then. */
  readonly before: readonly (number | null)[];
  readonly replaced: readonly OverrideChange[];
  readonly subjects: readonly string[];
}

/**
 * @returns null when they were in force all along
 * @throws FaultsError `CLOUD_OVERRIDE_INVALID` with every fault, at whatever time since then they make no sense
 */
export function planLimits(
  { versions, overrides }: InForce,
  estate: Estate,
  request: OwnNumbers,
  from: number,
  now: number,
): LimitsPlan | null {
  const { rule } = request;
  const held = overrides.of(estate.id);
  const then = estateAt(estate, held, from);
  const placed = placeNumbers(standardAt(versions.all, from), then, request);
  const isPlaced = (change: OverrideChange) =>
    change.rule === rule &&
    placed.some(({ point, name }) => point === change.point && name === change.name);
  const later = held.filter((change) => change.effective >= from && counted(change, now));
  const replaced = later.filter(isPlaced);
  const rest = held.filter((change) => !replaced.includes(change));
  const edges = [...versions.all, ...rest].map(({ effective }) => effective);
  for (const edge of new Set(edges.filter((time) => time > from && time <= now))) {
    const standard = standardAt(versions.all, edge);
    if (ruleOf(standard, rule) === undefined) continue;
    placeNumbers(standard, estateAt(estate, rest, edge), request);
  }
  const numbers = placed.filter(
    ({ point, name, value }) =>
      ownNumber(then, point, rule, name) !== value ||
      replaced.some((change) => change.point === point && change.name === name),
  );
  if (numbers.length === 0) return null;
  const before = numbers.map(({ point, name }) => ownNumber(then, point, rule, name));
  return { numbers, before, replaced, subjects: concerned(estate, numbers) };
}

/** The assets whose points have the numbers, and those that are related to one of them. */
function concerned({ id, assets }: Estate, numbers: readonly PlacedNumber[]): string[] {
  const points = new Set(numbers.map(({ point }) => point));
  const owns = (asset: Asset) => asset.points.some((point) => points.has(point.id));
  const owners = new Set(assets.filter(owns).map((asset) => asset.id));
  return assets
    .filter(
      (asset) =>
        owners.has(asset.id) ||
        Object.values(asset.relations).some((list) => list.some((other) => owners.has(other))),
    )
    .map((asset) => `${id}/${asset.id}`);
}
