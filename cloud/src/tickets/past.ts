import type { Tx } from '../db/database.ts';
import { together } from '../db/together.ts';
import type { ItemNews } from '../episodes/apply.ts';
import type { TicketRow } from './rows.ts';

/** The same fault within this goes to whoever mended it last, event time. */
const sameHands = 365 * 24 * 3_600_000;

/** What later tickets of one (subject, item) need of an earlier one. */
export type Past = Pick<TicketRow, 'id' | 'onset' | 'previous' | 'fixed_by' | 'fixed_person'>;

interface Asked {
  readonly subject: string;
  readonly item: string;
  readonly from: number;
}

const read = together(async (tx, all: readonly Asked[]) => {
  const rows = await tx
    .selectFrom('tickets')
    .select(['id', 'subject', 'item', 'onset', 'previous', 'fixed_by', 'fixed_person'])
    .where('subject', 'in', [...new Set(all.map(({ subject }) => subject))])
    .where('item', 'in', [...new Set(all.map(({ item }) => item))])
    .where('state', '!=', 'withdrawn')
    .where('onset', '>', Math.min(...all.map(({ from }) => from)) - sameHands)
    .orderBy('onset')
    .orderBy('id')
    .execute();
  return all.map(({ subject, item, from }): readonly Past[] =>
    rows.filter(
      (row) => row.subject === subject && row.item === item && row.onset > from - sameHands,
    ),
  );
});

/** All that may count for what changes from `from` on, in the order of event time. */
export function loadPast(tx: Tx, { subject, item }: ItemNews, from: number) {
  return read(tx, { subject, item, from });
}

const isBefore = (onset: number) => (t: Past) => t.onset < onset && t.onset > onset - sameHands;

/** The ticket of the same fault before one with this onset; null when there was none within a year. */
export function previousTo(past: readonly Past[], onset: number): number | null {
  return past.findLast(isBefore(onset))?.id ?? null;
}

/** Who mended the same fault last before `onset`, and is to look at it again; null when nobody did within a year. */
export function fixerBefore(past: readonly Past[], onset: number): Past | null {
  return past.filter(isBefore(onset)).findLast(({ fixed_by }) => fixed_by !== null) ?? null;
}

/** Names with each ticket the one before it. It follows from the other tickets, so it is kept outside the log. */
export async function relink(tx: Tx, news: ItemNews, from: number): Promise<void> {
  const past = await loadPast(tx, news, from);
  for (const ticket of past) {
    const previous = previousTo(past, ticket.onset);
    if (ticket.onset < from || previous === ticket.previous) continue;
    await tx.updateTable('tickets').set({ previous }).where('id', '=', ticket.id).execute();
  }
}
