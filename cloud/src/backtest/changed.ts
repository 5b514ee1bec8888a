import type { Rule, Standard } from '@caretaker/standards';

const day = 24 * 3_600_000;

const rulesOf = (standard: Standard) => standard.items.flatMap((item) => item.rules);

export type RuleChange = 'added' | 'changed' | 'removed';

/** What becomes of each rule that a draft has anew, otherwise or no longer; titles and sources do not count. */
export function changedRules(draft: Standard, inForce: Standard): ReadonlyMap<string, RuleChange> {
  const before = new Map(rulesOf(inForce).map((rule) => [rule.id, contentOf(rule)]));
  const after = new Map(rulesOf(draft).map((rule) => [rule.id, contentOf(rule)]));
  const ids = new Set([...before.keys(), ...after.keys()]);
  const changed = new Map<string, RuleChange>();
  for (const id of [...ids].sort()) {
    if (before.get(id) === after.get(id)) continue;
    changed.set(id, before.has(id) ? (after.has(id) ? 'changed' : 'removed') : 'added');
  }
  return changed;
}

/** The same standard with these rules only, so that the others are not judged twice. */
export function withRules(
  standard: Standard,
  kept: Pick<ReadonlyMap<string, unknown>, 'has'>,
): Standard {
  const items = standard.items.map((item) => ({
    ...item,
    rules: item.rules.filter((rule) => kept.has(rule.id)),
  }));
  return { ...standard, items };
}

/** The rule's id without the metric of `silence:<metric>`. */
export function ruleIdOf(rule: string): string {
  return rule.split(':')[0] ?? rule;
}

function contentOf(rule: Rule): string {
  return JSON.stringify({ ...rule, title: null, source: null, confirmed: null });
}

/**
 * How long before a period judging must begin for its rules to have their windows full, milliseconds: the
 * longest time that a rule looks back, and a day for values that stand since then.
 */
export function lookBack(standards: readonly Standard[]): number {
  const rules = standards.flatMap(rulesOf);
  return day + Math.max(0, ...rules.map(longestIn));
}

/** What a rule counts in milliseconds, wherever it stands in its condition. */
const spans = new Set(['window', 'within', 'for', 'clearFor', 'absent', 'fold']);

function longestIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let longest = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (spans.has(key) && typeof inner === 'number') longest = Math.max(longest, inner);
    else if (key === 'baseline') longest = Math.max(longest, reachOf(inner));
    else longest = Math.max(longest, longestIn(inner));
  }
  return longest;
}

function reachOf(baseline: { bucket: number; of: number; every?: number } | undefined): number {
  if (baseline === undefined) return 0;
  const { bucket, of, every = bucket } = baseline;
  return (of + 1) * every;
}
