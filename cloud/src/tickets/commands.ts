import { CaretakerError } from '@caretaker/readings/base';
import {
  isAllowed,
  isOpen,
  type Move,
  type Ticket,
  type TicketCommand,
  type TicketCommandType,
  type TicketEvent,
  type TicketState,
  ticketMoves,
} from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { answered, remember, requestOf } from '../db/once.ts';
import type { Audit, Author } from '../identity/deed.ts';
import { append, type NewEvent } from './append.ts';
import { type TicketPatch, type TicketRow, ticketOf } from './rows.ts';

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
 * @throws CaretakerError `CLOUD_TICKET_UNKNOWN`, `CLOUD_TICKET_CHANGED`, `CLOUD_TICKET_MOVE`,
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
      ...('note' in wanted && wanted.note !== undefined ? { note: wanted.note } : {}),
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

/** The entry that each command writes. */
const entryOf: Readonly<Record<TicketCommandType, TicketEvent['type']>> = {
  triage: 'triaged',
  prioritise: 'prioritised',
  'assign-team': 'team-assigned',
  dispatch: 'dispatched',
  acknowledge: 'acknowledged',
  'hand-over': 'handed-over',
  accept: 'accepted',
  'set-out': 'set-out',
  arrive: 'arrived',
  start: 'started',
  tick: 'ticked',
  part: 'part-used',
  attach: 'attached',
  quote: 'quoted',
  consent: 'consented',
  'temporary-measure': 'temporary-measure',
  wait: 'waiting',
  resume: 'resumed',
  fix: 'fixed',
  verify: 'verified',
  'sign-off': 'signed-off',
  'follow-up': 'followed-up',
  close: 'closed',
  'self-clear': 'self-cleared',
  reject: 'rejected',
  'refer-out': 'referred-out',
  cancel: 'cancelled',
  reopen: 'reopened',
  promise: 'promised',
  answer: 'answered',
  note: 'note',
};

function eventOf(row: TicketRow, wanted: TicketCommand, by: Author): NewEvent {
  const { name, actor } = by;
  const { type, revision: _, ...said } = wanted;
  if (!isAllowed(type, row.state)) throw notAllowed(row, type);
  const { note, ...data } = 'note' in said ? said : { ...said, note: undefined };
  const event = {
    type: entryOf[type],
    by: name,
    actor,
    note: note ?? null,
    reason: null,
    episode: null,
  };
  return { ...event, data: data as TicketEvent['data'], patch: patchFor(row, type, by) };
}

function patchFor(row: TicketRow, type: TicketCommandType, by: Author): TicketPatch {
  const { to }: Move = ticketMoves[type];
  return {
    touched: 1,
    ...(to === null ? {} : stateOf(row, to, by.at)),
    ...(type === 'acknowledge' ? { owner: by.name, acknowledged: by.at } : {}),
    ...(type === 'close' ? { owner: row.owner ?? by.name } : {}),
  };
}

/** Ending while the condition stands is a person's right; the log says that they did it knowingly. */
function stateOf(row: TicketRow, state: TicketState, at: number): TicketPatch {
  if (isOpen(state)) return { state, closed: null };
  return { state, condition_clear: row.condition_clear, closed: at };
}

function notAllowed({ state }: TicketRow, type: TicketCommandType): CaretakerError {
  const { from }: Move = ticketMoves[type];
  return new CaretakerError({
    code: 'CLOUD_TICKET_MOVE',
    message: `The ticket is ${state}: ${type} is possible only from ${from.join(', ')}.`,
    next: 'Look at the ticket as it is now, and do what is possible from there.',
  });
}
