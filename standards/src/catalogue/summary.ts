import type { Text } from '@caretaker/readings/base';
import type { Item, Standard } from './standard.ts';

/** How many items and rules; `items` and the four kinds of check count those of the standard, not our own. */
export interface Counts {
  readonly items: number;
  readonly sensor: number;
  readonly inspection: number;
  readonly process: number;
  readonly name_only: number;
  /** Items of our own, of any check. */
  readonly ours: number;
  /** Rules of all items, our own included. */
  readonly rules: number;
  /** Those of them that gateways judge, too. */
  readonly local: number;
}

export interface Summary {
  /** Touchpoints with at least one item of the standard. */
  readonly touchpoints: number;
  readonly total: Counts;
  readonly rows: readonly { readonly id: string; readonly name: Text; readonly counts: Counts }[];
}

/** The counts of a standard, whole and for each touchpoint in the order of their ids. */
export function summarize(standard: Standard): Summary {
  const byTouchpoint = Map.groupBy(standard.items, (item) => item.touchpoint);
  const rows = standard.touchpoints
    .map(({ id, name }) => ({ id, name, counts: count(byTouchpoint.get(id) ?? []) }))
    .toSorted((a, b) => order(a.id).localeCompare(order(b.id)));
  return {
    touchpoints: rows.filter((row) => row.counts.items > 0).length,
    total: count(standard.items),
    rows,
  };
}

/** The whole estate comes after the touchpoints. */
const order = (id: string): string => (id.startsWith('TP') ? id : `Z${id}`);

function count(items: readonly Item[]): Counts {
  const given = items.filter((item) => item.origin === 'standard');
  const checked = (check: Item['check']) => given.filter((item) => item.check === check).length;
  return {
    items: given.length,
    sensor: checked('sensor'),
    inspection: checked('inspection'),
    process: checked('process'),
    name_only: checked('name-only'),
    ours: items.length - given.length,
    rules: items.reduce((sum, item) => sum + item.rules.length, 0),
    local: items.flatMap((item) => item.rules).filter((rule) => rule.local).length,
  };
}
