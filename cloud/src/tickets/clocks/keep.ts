import type { Tx } from '../../db/database.ts';
import { together } from '../../db/together.ts';
import type { TicketRow } from '../rows.ts';
import { clocksOf } from './reckon.ts';
import { logOf, nextWarning, rowOf } from './rows.ts';
import { type LogEvent, movesClocks, type Story, storyOf } from './story.ts';
import type { EstateTime } from './time.ts';

/** The time of an estate by its id. */
export type TimeOf = (estate: string) => EstateTime;

/** What the clocks of a ticket follow from beside its log; none of it ever changes. */
export type ClockedRow = Pick<TicketRow, 'id' | 'estate' | 'source' | 'item' | 'in_home'>;

/** Of the clock that runs out first. */
type Next = Pick<TicketRow, 'next_due' | 'next_clock'>;

/** A ticket's clocks, as its log has them. */
export function clocksFrom(ticket: Omit<ClockedRow, 'id'>, story: Story, time: EstateTime) {
  const { source, item, in_home } = ticket;
  return clocksOf({ source, item, inHome: in_home === 1, time }, story);
}

export async function loadLog(tx: Tx, ticket: number): Promise<LogEvent[]> {
  const rows = await tx
    .selectFrom('ticket_events')
    .select(['type', 'at', 'patch', 'data'])
    .where('ticket', '=', ticket)
    .orderBy('sequence')
    .execute();
  return logOf(rows);
}

type ClockRow = ReturnType<typeof rowOf>;

interface Reckoned {
  /** What the ticket's row is to say of them. */
  readonly next: Next;
  /** The rows of its clocks, once it has a number. */
  readonly rowsOf: (id: number) => readonly ClockRow[];
}

/**
 * What a log amounts to.
 * @param log the whole of it
 */
export function reckon(
  ticket: Omit<ClockedRow, 'id'>,
  log: readonly LogEvent[],
  time: EstateTime,
): Reckoned {
  const story = storyOf(log);
  const clocks = clocksFrom(ticket, story, time);
  const open = clocks.filter(({ outcome }) => outcome === 'open');
  const first = open.toSorted((a, b) => a.due - b.due)[0];
  return {
    next: { next_due: first?.due ?? null, next_clock: first?.clock ?? null },
    rowsOf: (id) =>
      clocks.map((clock) =>
        rowOf(clock, { id, estate: ticket.estate }, nextWarning(clock, story.said, time)),
      ),
  };
}

/** Writes the clocks of a ticket that has none yet. */
export const insertClocks = together(async (tx, all: readonly (readonly ClockRow[])[]) => {
  const rows = all.flat();
  if (rows.length > 0) await tx.insertInto('ticket_clocks').values(rows).execute();
  return all;
});

/**
 * Writes what follows from entries that were appended to a log.
 * @returns what changes in the ticket's row
 */
export async function keepClocks(
  tx: Tx,
  ticket: ClockedRow,
  appended: readonly LogEvent[],
  time: EstateTime,
): Promise<Partial<Next>> {
  if (!appended.some(movesClocks)) return {};
  return replaceClocks(tx, ticket, time);
}

async function replaceClocks(tx: Tx, ticket: ClockedRow, time: EstateTime): Promise<Next> {
  const { next, rowsOf } = reckon(ticket, await loadLog(tx, ticket.id), time);
  await tx.deleteFrom('ticket_clocks').where('ticket', '=', ticket.id).execute();
  await insertClocks(tx, rowsOf(ticket.id));
  return next;
}

/** Writes the clocks of tickets anew from their logs. */
export async function rebuildClocks(
  tx: Tx,
  tickets: readonly ClockedRow[],
  timeOf: TimeOf,
): Promise<void> {
  for (const ticket of tickets) {
    const next = await replaceClocks(tx, ticket, timeOf(ticket.estate));
    await tx.updateTable('tickets').set(next).where('id', '=', ticket.id).execute();
  }
}
