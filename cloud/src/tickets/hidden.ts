import type { Text } from '@caretaker/readings/base';
import {
  type Cover,
  comingBack,
  coverBy,
  coversOf,
  type Hideable,
  type Hiding,
  lifeOf,
  type RuleOn,
} from '@caretaker/standards/overlay';
import type { Tx } from '../db/database.ts';
import type { ItemNews, Moved } from '../episodes/apply.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import type { Naming } from './write.ts';

/** What keeps breaches from opening tickets. */
export interface TicketOverlay {
  readonly hiding: Hiding;
  /** Planned work about a subject, as far as its event time knows it; `by` is its reason. */
  plannedCovers(subject: string): readonly Cover<Text>[];
}

/** A row as hiding looks at it. */
export function hideableOf(row: EpisodeRow): Hideable {
  const { subject, rule, onset, detected, ended: end } = row;
  const severity = row.severity as Hideable['severity'];
  return { subject, rule, onset, detected, end, severity, latched: row.latched === 1 };
}

const keyOf = ({ subject, rule }: RuleOn) => `${subject}\n${rule}`;

/** Why each of some standing episodes is hidden, by id; those that are not are left out. */
export async function hiddenRows(
  tx: Tx,
  rows: readonly EpisodeRow[],
  { hiding, plannedCovers }: TicketOverlay,
  naming: Naming,
): Promise<ReadonlyMap<number, Text>> {
  const able = rows.filter((row) => row.severity !== 'emergency');
  const hiders = new Map(able.map((row) => [row.id, hiding.hidersOf(row)]));
  const standing = await loadHiders(tx, able, [...hiders.values()].flat());
  const hidden = new Map<number, Text>();
  for (const row of able) {
    const own = (hiders.get(row.id) ?? []).flatMap((on) => standing.get(keyOf(on)) ?? []);
    const self = hideableOf(row);
    const covers = [
      ...own.map((h) => coverBy({ onset: h.onset, end: h.ended }, self, reasonOf(h, naming))),
      ...plannedCovers(row.subject),
    ];
    const by = covers.length === 0 ? null : coversOf(lifeOf(self), covers);
    const [reason] = by ?? [];
    if (reason !== undefined) hidden.set(row.id, reason);
  }
  return hidden;
}

type Hider = Pick<EpisodeRow, 'subject' | 'rule' | 'onset' | 'ended'>;

/** Standing episodes of the rules that may hide, as far as they touch the time of the rows. */
async function loadHiders(
  tx: Tx,
  rows: readonly EpisodeRow[],
  on: readonly RuleOn[],
): Promise<ReadonlyMap<string, readonly Hider[]>> {
  if (on.length === 0) return new Map();
  const found = await tx
    .selectFrom('episodes')
    .select(['subject', 'rule', 'onset', 'ended'])
    .where('subject', 'in', [...new Set(on.map((o) => o.subject))])
    .where('rule', 'in', [...new Set(on.map((o) => o.rule))])
    .where('state', '=', 'standing')
    .where('severity', '!=', 'advice')
    .where((eb) =>
      eb.or([
        eb('ended', 'is', null),
        eb('ended', '>=', Math.min(...rows.map((row) => row.detected)) - comingBack),
      ]),
    )
    .orderBy('onset')
    .orderBy('id')
    .execute();
  return Map.groupBy(found, keyOf);
}

function reasonOf({ subject, rule }: RuleOn, naming: Naming): Text {
  const { name } = naming.subject(subject);
  const fault = naming.fault(rule);
  return {
    en: `Hidden by ${name.en}: ${fault.en}.`,
    zh: `因${name.zh}「${fault.zh}」而不单独开单。`,
  };
}

/** Subjects in one query: far below what either database takes. */
const chunk = 200;

/** The items whose tickets depend on what moved, because it may hide their episodes or no longer does. */
export async function hiddenItems(
  tx: Tx,
  moved: readonly Moved[],
  hiding: Hiding,
): Promise<readonly ItemNews[]> {
  const since = new Map<string, number>();
  const on = new Map<string, RuleOn>();
  for (const one of moved) {
    for (const hidden of hiding.hiddenBy(one)) {
      const key = keyOf(hidden);
      on.set(key, hidden);
      since.set(key, Math.min(since.get(key) ?? Infinity, one.since));
    }
  }
  const subjects = [...new Set([...on.values()].map(({ subject }) => subject))];
  const rules = [...new Set([...on.values()].map(({ rule }) => rule))];
  const items: ItemNews[] = [];
  for (let from = 0; from < subjects.length; from += chunk) {
    const rows = await tx
      .selectFrom('episodes')
      .select(['subject', 'rule', 'item', 'onset', 'ended'])
      .where('subject', 'in', subjects.slice(from, from + chunk))
      .where('rule', 'in', rules)
      .where('state', '=', 'standing')
      .where('severity', '!=', 'advice')
      .where((eb) =>
        eb.or([eb('ended', 'is', null), eb('ended', '>=', Math.min(...since.values()))]),
      )
      .execute();
    for (const { subject, rule, item, onset, ended } of rows) {
      const edge = since.get(keyOf({ subject, rule }));
      if (edge === undefined || (ended !== null && ended < edge)) continue;
      items.push({ subject, item, since: onset, news: [] });
    }
  }
  return items;
}

/** Items of a subject whose standing episodes may have become hidden, or no longer are. */
export async function itemsToLookAt(
  tx: Tx,
  subject: string,
  since: number,
): Promise<readonly ItemNews[]> {
  const rows = await tx
    .selectFrom('episodes')
    .select(['subject', 'item', 'onset'])
    .where('subject', '=', subject)
    .where('state', '=', 'standing')
    .where('severity', '!=', 'advice')
    .where((eb) =>
      eb.or([
        eb('ended', 'is', null),
        eb('ended', '>=', since),
        eb.and([eb('latched', '=', 1), eb('ticket', 'is', null)]),
      ]),
    )
    .execute();
  return rows.map(({ item, onset }) => ({ subject, item, since: onset, news: [] }));
}

/** One entry for each (subject, item), from its earliest change on. */
export function merged(lists: readonly (readonly ItemNews[])[]): readonly ItemNews[] {
  const found = new Map<string, ItemNews>();
  for (const { subject, item, since, news } of lists.flat()) {
    const key = `${subject}\n${item}`;
    const held = found.get(key);
    if (held === undefined) found.set(key, { subject, item, since, news: [...news] });
    else {
      held.since = Math.min(held.since, since);
      held.news.push(...news);
    }
  }
  return [...found.values()];
}
