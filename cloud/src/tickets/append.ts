import type { Text } from '@caretaker/readings/base';
import type { Insertable } from 'kysely';
import type { GatewayAction, TicketEvent } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { together } from '../db/together.ts';
import { type ClockedRow, insertClocks, keepClocks, reckon, type TimeOf } from './clocks/keep.ts';
import type { LogEvent } from './clocks/story.ts';
import type { TicketEventRow, TicketPatch, TicketRow } from './rows.ts';
import { carriesWords, takeIn, takeInNew } from './search.ts';

export interface NewEvent {
  readonly type: TicketEventRow['type'];
  readonly by: string;
  readonly note: string | null;
  /** Why the engine did it. */
  readonly reason: Text | null;
  readonly episode: number | null;
  /** What a gateway did by itself. */
  readonly acted?: GatewayAction;
  /** `person:<id>` or `token:<id>`; none for the engine and gateways. */
  readonly actor?: string;
  /** What belongs to an entry of this type. */
  readonly data?: TicketEvent['data'];
  readonly patch: TicketPatch;
}

/** The rows of some events of a ticket, and what they change in it together. */
function entriesOf(ticket: number, revision: number, events: readonly NewEvent[], at: number) {
  return events.map(
    ({ acted, data = {}, actor = '', ...event }, index): TicketEventRow => ({
      ...event,
      actor,
      ticket,
      sequence: revision + index + 1,
      at,
      reason: event.reason === null ? null : JSON.stringify(event.reason),
      acted: acted === undefined ? null : JSON.stringify(acted),
      data: JSON.stringify(data),
      patch: JSON.stringify(event.patch),
    }),
  );
}

const changesOf = (events: readonly NewEvent[]): TicketPatch =>
  Object.assign({}, ...events.map(({ patch }) => patch));

const insertEntries = together(async (tx, logs: readonly (readonly TicketEventRow[])[]) => {
  const entries = logs.flat();
  if (entries.length > 0) await tx.insertInto('ticket_events').values(entries).execute();
  return logs;
});

/**
 * Appends events to a ticket's log and folds them into its row; the only way a row changes. What else follows from the
 * log is written with it.
 * @param timeOf by which its clocks run
 */
export async function append(
  tx: Tx,
  ticket: ClockedRow & Pick<TicketRow, 'revision'>,
  events: readonly NewEvent[],
  at: number,
  timeOf: TimeOf,
): Promise<TicketRow> {
  const entries = entriesOf(ticket.id, ticket.revision, events, at);
  await insertEntries(tx, entries);
  const said = events.map((event) => logEvent(event, at));
  const next = await keepClocks(tx, ticket, said, timeOf(ticket.estate));
  const row = await tx
    .updateTable('tickets')
    .set({ ...changesOf(events), ...next, revision: ticket.revision + events.length })
    .where('id', '=', ticket.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (entries.some(carriesWords)) await takeIn(tx, row);
  return row;
}

export type NewTicket = Omit<Insertable<Tables['tickets']>, 'id' | 'revision'> &
  Omit<ClockedRow, 'id'>;

const insertTicket = together(async (tx, all: readonly Insertable<Tables['tickets']>[]) => {
  const rows = await tx.insertInto('tickets').values(all).returningAll().execute();
  // Numbers are given in the order of the values; rows may come in any.
  return rows.sort((a, b) => a.id - b.id);
});

/** Opens a ticket with its first events: the row is what they amount to. */
export async function open(
  tx: Tx,
  ticket: NewTicket,
  events: readonly NewEvent[],
  at: number,
  timeOf: TimeOf,
): Promise<TicketRow> {
  const log = events.map((event) => logEvent(event, at));
  const { next, rowsOf } = reckon(ticket, log, timeOf(ticket.estate));
  const values = { ...ticket, ...changesOf(events), ...next, revision: events.length };
  const row = await insertTicket(tx, values);
  const entries = entriesOf(row.id, 0, events, at);
  await insertEntries(tx, entries);
  await insertClocks(tx, rowsOf(row.id));
  await takeInNew(tx, { row, log: entries });
  return row;
}

function logEvent({ type, patch, data = {} }: NewEvent, at: number): LogEvent {
  return { type, at, patch, data };
}
