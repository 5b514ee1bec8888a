import { type Standard, titleOf } from '@caretaker/standards';
import type { BacktestItem, BacktestResult } from '../contract/index.ts';
import { ruleIdOf } from './changed.ts';
import { type Breach, figuresOf, type Period, ticketsOf, without } from './tally.ts';

export interface Sides {
  readonly draft: readonly Breach[];
  readonly inForce: readonly Breach[];
}

export interface Standards {
  readonly draft: Standard;
  readonly inForce: Standard;
}

/** What both standards would have made of the same readings, item by item and in all. */
export function compare(
  breaches: Sides,
  standards: Standards,
  period: Period,
  zoneOf: (subject: string) => string,
): Pick<BacktestResult, 'total' | 'items'> {
  const touching = {
    draft: touch(breaches.draft, period),
    inForce: touch(breaches.inForce, period),
  };
  const ids = new Set([...touching.draft, ...touching.inForce].map((breach) => breach.item));
  const items = [...ids].map((id): BacktestItem => {
    const own = {
      draft: touching.draft.filter((breach) => breach.item === id),
      inForce: touching.inForce.filter((breach) => breach.item === id),
    };
    const { draft, inForce } = standards;
    const name = itemNamed(draft, id) ?? itemNamed(inForce, id) ?? { en: id, zh: id };
    return {
      item: id,
      name,
      ...sides(own, period, zoneOf),
      rules: rulesOf(own, standards, period),
    };
  });
  items.sort((a, b) => b.draft.tickets - a.draft.tickets || (a.item < b.item ? -1 : 1));
  return { total: sides(touching, period, zoneOf), items };
}

function sides(own: Sides, period: Period, zoneOf: (subject: string) => string) {
  const tickets = { draft: ticketsOf(own.draft), inForce: ticketsOf(own.inForce) };
  return {
    draft: figuresOf(own.draft, tickets.draft, period, zoneOf),
    inForce: figuresOf(own.inForce, tickets.inForce, period, zoneOf),
    added: without(tickets.draft, tickets.inForce, period),
    removed: without(tickets.inForce, tickets.draft, period),
  };
}

function rulesOf(own: Sides, { draft, inForce }: Standards, period: Period): BacktestItem['rules'] {
  const begun = (breach: Breach) => breach.onset >= period.from && breach.onset < period.to;
  const counts = new Map<string, { draft: number; inForce: number }>();
  for (const side of ['draft', 'inForce'] as const) {
    for (const breach of own[side].filter(begun)) {
      const count = counts.get(breach.rule) ?? { draft: 0, inForce: 0 };
      count[side] += 1;
      counts.set(breach.rule, count);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, count]) => {
      const owner = draft.items.some(({ rules }) => rules.some((r) => r.id === ruleIdOf(rule)));
      return { rule, title: titleOf(owner ? draft : inForce, rule), ...count };
    });
}

/** Breaches that touch the period. */
function touch(breaches: readonly Breach[], { from, to }: Period): Breach[] {
  return breaches.filter(
    ({ onset, end }) => onset < to && (end ?? Number.POSITIVE_INFINITY) >= from,
  );
}

function itemNamed(standard: Standard, id: string) {
  return standard.items.find((item) => item.id === id)?.name;
}
