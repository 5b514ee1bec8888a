import type { Tx } from '../../db/database.ts';
import type { TicketRow } from '../rows.ts';
import { clocksOf } from './reckon.ts';
import { type ClockRow, logOf, nextWarning, rowOf } from './rows.ts';
import { type LogEvent, movesClocks, type Story, storyOf } from './story.ts';
import type { EstateTime } from './time.ts';

/** The time of an estate by its id. */
export type TimeOf = (estate: string) => EstateTime;

/** What the clocks of a ticket follow from beside its log; none of it ever changes. */
export type ClockedRow = Pick<TicketRow, 'id' | 'estate' | 'source' | 'item' | 'in_home'>;

/** Of the clock that runs out first. */
type Next = Pick<TicketRow, 'next_due' | 'next_clock'>;

/** A ticket's clocks, as its log has them. */
export function clocksFrom(ticket: ClockedRow, story: Story, time: EstateTime) {
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

interface Kept {
  readonly rows: readonly ClockRow[];
  /** What the ticket's row is to say of them. */
  readonly next: Next;
}

/** What the whole log of a ticket amounts to, as rows. */
function clockRows(ticket: ClockedRow, log: readonly LogEvent[], time: EstateTime): Kept {
  const story = storyOf(log);
  const clocks = clocksFrom(ticket, story, time);
  const open = clocks.filter(({ outcome }) => outcome === 'open');
  const first = open.toSorted((a, b) => a.due - b.due)[0];
  return {
    rows: clocks.map((clock) => rowOf(clock, ticket, nextWarning(clock, story.said, time))),
    next: { next_due: first?.due ?? null, next_clock: first?.clock ?? null },
  };
}

/**
 * Writes what follows from entries that were appended to a log.
 * @param fresh they are the whole log, and there are no clocks yet
 * @returns what changes in the ticket's row
 */
export async function keepClocks(
  tx: Tx,
  ticket: ClockedRow,
  events: readonly LogEvent[],
  time: EstateTime,
  fresh: boolean,
): Promise<Partial<Next>> {
  if (!fresh && !events.some(movesClocks)) return {};
  const log = fresh ? events : await loadLog(tx, ticket.id);
  return replaceClocks(tx, ticket, log, time, fresh);
}

async function replaceClocks(
  tx: Tx,
  ticket: ClockedRow,
  log: readonly LogEvent[],
  time: EstateTime,
  fresh: boolean,
): Promise<Next> {
  const { rows, next } = clockRows(ticket, log, time);
  if (!fresh) await tx.deleteFrom('ticket_clocks').where('ticket', '=', ticket.id).execute();
  if (rows.length > 0) await tx.insertInto('ticket_clocks').values(rows).execute();
  return next;
}

/** Writes the clocks of tickets anew from their logs. */
export async function rebuildClocks(
  tx: Tx,
  tickets: readonly ClockedRow[],
  timeOf: TimeOf,
): Promise<void> {
  for (const ticket of tickets) {
    const log = await loadLog(tx, ticket.id);
    const next = await replaceClocks(tx, ticket, log, timeOf(ticket.estate), false);
    await tx.updateTable('tickets').set(next).where('id', '=', ticket.id).execute();
  }
}
