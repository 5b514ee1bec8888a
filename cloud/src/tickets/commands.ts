import { CaretakerError } from '@caretaker/readings/base';
import type { Ticket, TicketCommand } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { answered, remember, requestOf } from '../db/once.ts';
import type { Audit, Author } from '../identity/deed.ts';
import { append, type NewEvent } from './append.ts';
import { isOpen } from './model.ts';
import { type TicketRow, ticketOf } from './rows.ts';

export interface CommandParts {
  readonly database: Database;
  readonly audit: Audit;
}

export interface CommandResult {
  readonly ticket: Ticket;
  /** The row as written; null when the same request had been carried out before. */
  readonly row: TicketRow | null;
}

/** The row is not the one the person saw; the current one comes with the refusal. */
export class RevisionConflict extends CaretakerError {
  readonly current: Ticket;

  constructor(current: Ticket) {
    super({
      code: 'CLOUD_TICKET_CHANGED',
      message: `The ticket has changed since the revision you saw; it is at revision ${current.revision} now.`,
      next: 'Look at the current ticket and decide again.',
    });
    this.current = current;
  }
}

/**
 * Carries out what a person wants done to a ticket, once for each key.
 * @throws CaretakerError `CLOUD_TICKET_UNKNOWN`, `CLOUD_TICKET_CHANGED`, `CLOUD_TICKET_NOT_OPEN`,
 *   `CLOUD_KEY_REUSED`
 */
export function command(
  { database, audit }: CommandParts,
  id: number,
  wanted: TicketCommand,
  key: string,
  by: Author,
): Promise<CommandResult> {
  const { actor, at: now } = by;
  const write = { key, request: requestOf(id, { ...wanted, actor }) };
  return database.write(async (tx) => {
    const done = await answered<Ticket>(tx, write);
    if (done !== null) return { ticket: done, row: null };
    const row = await loadTicket(tx, id);
    if (row.revision !== wanted.revision) throw new RevisionConflict(ticketOf(row));
    const after = await append(tx, row, [eventOf(row, wanted, by)], now);
    const ticket = ticketOf(after);
    await remember(tx, write, { status: 200, body: ticket, at: now });
    const detail = {
      revision: ticket.revision,
      ...('note' in wanted ? { note: wanted.note } : {}),
    };
    const action = `ticket.${wanted.type}`;
    await audit(tx, { at: now, actor, action, object: `ticket:${id}`, detail });
    return { ticket, row: after };
  });
}

async function loadTicket(tx: Tx, id: number): Promise<TicketRow> {
  const row = await tx.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw unknownTicket(id);
  return row;
}

/** @param id the number in the path, not the reference */
export function unknownTicket(id: number): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TICKET_UNKNOWN',
    message: `There is no ticket ${id}.`,
    next: 'Look it up in the list of tickets.',
  });
}

function eventOf(row: TicketRow, wanted: TicketCommand, by: Author): NewEvent {
  const { name, at: now } = by;
  const base = { by: name, reason: null, episode: null };
  if (wanted.type === 'note') {
    return { ...base, type: 'note', note: wanted.note, patch: { touched: 1 } };
  }
  const allowed = wanted.type === 'acknowledge' ? row.state === 'new' : isOpen(row.state);
  if (!allowed) throw notOpen(row, wanted.type);
  if (wanted.type === 'acknowledge') {
    const patch = {
      state: 'acknowledged' as const,
      owner: name,
      acknowledged: now,
      touched: 1,
    };
    return { ...base, type: 'acknowledged', note: null, patch };
  }
  // Closing while the condition stands is a person's right; the log says that they did it knowingly.
  const patch = {
    state: 'closed' as const,
    condition_clear: row.condition_clear,
    closed: now,
    touched: 1,
    owner: row.owner ?? name,
  };
  return { ...base, type: 'closed', note: wanted.note, patch };
}

function notOpen(row: TicketRow, what: 'acknowledge' | 'close'): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TICKET_NOT_OPEN',
    message: `The ticket is ${row.state}: there is nothing to ${what}.`,
    next: 'Write a note instead, or look for the newest ticket of the same asset.',
  });
}
