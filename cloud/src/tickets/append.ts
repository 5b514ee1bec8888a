import type { Text } from '@caretaker/readings/base';
import type { GatewayAction, TicketEvent } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import { type ClockedRow, keepClocks, loadLog, type TimeOf } from './clocks/keep.ts';
import type { LogEvent } from './clocks/story.ts';
import type { TicketEventRow, TicketPatch, TicketRow } from './rows.ts';
import { carriesWords, takeIn } from './search.ts';

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
  let sequence = ticket.revision;
  const patch: TicketPatch = {};
  const entries = events.map(({ acted, data = {}, actor = '', ...event }) => {
    sequence += 1;
    Object.assign(patch, event.patch);
    return {
      ...event,
      actor,
      ticket: ticket.id,
      sequence,
      at,
      reason: event.reason === null ? null : JSON.stringify(event.reason),
      acted: acted === undefined ? null : JSON.stringify(acted),
      data: JSON.stringify(data),
      patch: JSON.stringify(event.patch),
    };
  });
  if (entries.length > 0) await tx.insertInto('ticket_events').values(entries).execute();
  const fresh = ticket.revision === 0;
  const log = fresh ? events.map((e) => logEvent(e, at)) : await loadLog(tx, ticket.id);
  const next = await keepClocks(tx, ticket, log, timeOf(ticket.estate), fresh);
  const row = await tx
    .updateTable('tickets')
    .set({ ...patch, ...next, revision: sequence })
    .where('id', '=', ticket.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (fresh || entries.some(carriesWords)) await takeIn(tx, row, fresh ? entries : undefined);
  return row;
}

function logEvent({ type, patch, data = {} }: NewEvent, at: number): LogEvent {
  return { type, at, patch, data };
}
