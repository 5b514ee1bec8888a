import type { Fault } from '@caretaker/readings/base';
import type { Hiding } from '../rules/clause.ts';
import type { Path, Source } from './source.ts';

/** A rule with the place where it stands. */
export interface PlacedRule {
  readonly id: string;
  readonly hiddenBy: readonly Hiding[];
  readonly at: Path;
  readonly source: Source;
}

/**
 * Rules hidden by one that is not there, and rules that in the end hide themselves: two would wait for each other
 * for ever. One fault for each circle.
 * @param known ids of all rules; null when they are not all known.
 */
export function checkHidingRules(
  placed: readonly PlacedRule[],
  known: ReadonlySet<string> | null,
): Fault[] {
  const unknown = placed.flatMap((rule) =>
    rule.hiddenBy.flatMap(({ rules }, k) =>
      rules.flatMap((id, r) => {
        if (known === null || known.has(id)) return [];
        const at = [...rule.at, 'hiddenBy', k, 'rules', r];
        return [rule.source.fault('STANDARDS_UNKNOWN_RULE', at, `there is no rule "${id}"`)];
      }),
    ),
  );
  return [...unknown, ...circles(placed)];
}

function circles(placed: readonly PlacedRule[]): Fault[] {
  const byId = new Map(placed.toReversed().map((rule) => [rule.id, rule]));
  const done = new Set<PlacedRule>();
  const faults: Fault[] = [];
  const walk = (rule: PlacedRule, way: readonly string[]): void => {
    const start = way.indexOf(rule.id);
    if (start >= 0) {
      const circle = [...way.slice(start), rule.id].join(' → ');
      const message = `it hides itself: ${circle}`;
      const at = [...rule.at, 'hiddenBy'];
      faults.push(rule.source.fault('STANDARDS_CYCLIC_SUPPRESSION', at, message));
      return;
    }
    if (done.has(rule)) return;
    const hiding = new Set(rule.hiddenBy.flatMap(({ rules }) => rules));
    for (const id of hiding) {
      const next = byId.get(id);
      if (next !== undefined) walk(next, [...way, rule.id]);
    }
    done.add(rule);
  };
  for (const rule of placed) walk(rule, []);
  return faults;
}
