import type { Estate } from '@caretaker/devices/model';
import { type Standard, titleOf } from '@caretaker/standards';
import { hiddenAmong, hidingOf } from '@caretaker/standards/overlay';
import type { BacktestItem, BacktestResult } from '../contract/index.ts';
import { ruleIdOf } from './changed.ts';
import {
  type Breach,
  figuresOf,
  type Period,
  ticketsOf,
  type WouldBe,
  without,
  type ZoneOf,
} from './tally.ts';

export interface Sides {
  readonly draft: readonly Breach[];
  readonly inForce: readonly Breach[];
}

export interface Standards {
  readonly draft: Standard;
  readonly inForce: Standard;
}

/** One standard's breaches and what came of them. */
interface Outcome {
  readonly breaches: readonly Breach[];
  readonly tickets: readonly WouldBe[];
}

interface Outcomes {
  readonly draft: Outcome;
  readonly inForce: Outcome;
}

/** What both standards would have made of the same readings, item by item and in all. */
export function compare(
  breaches: Sides,
  standards: Standards,
  estates: readonly Estate[],
  period: Period,
): Pick<BacktestResult, 'total' | 'items'> {
  const { draft, inForce } = standards;
  const zoneOf = zonesOf(estates);
  const all = {
    draft: outcomeOf(touch(breaches.draft, period), draft, estates),
    inForce: outcomeOf(touch(breaches.inForce, period), inForce, estates),
  };
  const own = { draft: byItem(all.draft), inForce: byItem(all.inForce) };
  const ids = new Set([...own.draft.keys(), ...own.inForce.keys()]);
  const items = [...ids].map((id): BacktestItem => {
    const outcomes = {
      draft: own.draft.get(id) ?? nothing,
      inForce: own.inForce.get(id) ?? nothing,
    };
    const name = itemNamed(draft, id) ?? itemNamed(inForce, id) ?? { en: id, zh: id };
    const rules = rulesOf(outcomes, standards, period);
    return { item: id, name, ...figures(outcomes, period, zoneOf), rules };
  });
  items.sort((a, b) => b.draft.tickets - a.draft.tickets || (a.item < b.item ? -1 : 1));
  return { total: figures(all, period, zoneOf), items };
}

const nothing: Outcome = { breaches: [], tickets: [] };

/** What hides what is decided over all items. */
function outcomeOf(
  breaches: readonly Breach[],
  standard: Standard,
  estates: readonly Estate[],
): Outcome {
  const hidden = new Set<Breach>();
  for (const [breach, by] of hiddenAmong(breaches, hidingOf(standard, estates))) {
    if (by !== null) hidden.add(breach);
  }
  return { breaches, tickets: ticketsOf(breaches, hidden) };
}

function byItem({ breaches, tickets }: Outcome): Map<string, Outcome> {
  const opened = Map.groupBy(tickets, (ticket) => ticket.item);
  const groups = Map.groupBy(breaches, (breach) => breach.item);
  return new Map(
    Array.from(groups, ([item, own]) => [item, { breaches: own, tickets: opened.get(item) ?? [] }]),
  );
}

function figures({ draft, inForce }: Outcomes, period: Period, zoneOf: ZoneOf) {
  return {
    draft: figuresOf(draft.breaches, draft.tickets, period, zoneOf),
    inForce: figuresOf(inForce.breaches, inForce.tickets, period, zoneOf),
    added: without(draft.tickets, inForce.tickets, period),
    removed: without(inForce.tickets, draft.tickets, period),
  };
}

function rulesOf(
  own: Outcomes,
  { draft, inForce }: Standards,
  period: Period,
): BacktestItem['rules'] {
  const begun = (breach: Breach) => breach.onset >= period.from && breach.onset < period.to;
  const counts = new Map<string, { draft: number; inForce: number }>();
  for (const side of ['draft', 'inForce'] as const) {
    for (const breach of own[side].breaches.filter(begun)) {
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

function zonesOf(estates: readonly Estate[]): ZoneOf {
  const zones = new Map(estates.map((estate) => [estate.id, estate.zone]));
  return (subject) => zones.get(subject.split('/')[0] ?? '') ?? 'UTC';
}
