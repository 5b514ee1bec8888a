import { CaretakerError } from '@caretaker/readings/base';
import {
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
import { forbidden } from '../policy/access.ts';
import { append, type NewEvent } from './append.ts';
import type { TimeOf } from './clocks/keep.ts';
import { overtakenBy, requireMeant, since, type TicketLog } from './meets.ts';
import { type TicketEventRow, type TicketPatch, type TicketRow, ticketOf } from './rows.ts';

export interface CommandParts {
  readonly database: Database;
  readonly audit: Audit;
  /** By which clocks run. */
  readonly timeOf: TimeOf;
}

/** Who does something to a ticket. */
export interface Doer extends Author {
  /** Whether they may direct others, in the estate of the ticket. */
  readonly directs: boolean;
}

export interface CommandResult {
  readonly ticket: Ticket;
  /** The row as written; null when the same request had been carried out before. */
  readonly row: TicketRow | null;
}

/**
 * Carries out what a person wants done to a ticket, once for each key.
 * @throws CaretakerError `CLOUD_TICKET_UNKNOWN`, `CLOUD_TICKET_CHANGED`, `CLOUD_TICKET_REVISION`,
 *   `CLOUD_TICKET_MOVE`, `CLOUD_KEY_REUSED`
 * @throws Forbidden `CLOUD_FORBIDDEN` for what only those may do who direct others
 */
export function command(
  { database, audit, timeOf }: CommandParts,
  id: number,
  wanted: TicketCommand,
  key: string,
  by: Doer,
): Promise<CommandResult> {
  const { actor, at: now } = by;
  const write = { key, request: requestOf(id, { ...wanted, actor }) };
  return database.write(async (tx) => {
    const done = await answered<Ticket>(tx, write);
    if (done !== null) return { ticket: done, row: null };
    const row = await loadTicket(tx, id);
    const log = await loadLog(tx, id);
    requireMeant(row, log, wanted.type, wanted.revision);
    if (directs(wanted.type) && !by.directs) throw forbidden('ticket.direct');
    const after = await append(tx, row, [eventOf(row, log, wanted, by)], now, timeOf);
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

function loadLog(tx: Tx, id: number): Promise<TicketEventRow[]> {
  return tx
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('sequence')
    .execute();
}

function directs(type: TicketCommandType): boolean {
  const move: Move = ticketMoves[type];
  return move.directs === true;
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

function eventOf(row: TicketRow, log: TicketLog, wanted: TicketCommand, by: Doer): NewEvent {
  const { name, actor } = by;
  const { type, revision, ...said } = wanted;
  const { note, ...data } = 'note' in said ? said : { ...said, note: undefined };
  const patch = patchFor(row, type, by);
  const overtook = overtakenBy(patch, since(log, revision));
  const more = overtook.length === 0 ? {} : { overtook };
  const event = {
    type: entryOf[type],
    by: name,
    actor,
    note: note ?? null,
    reason: null,
    episode: null,
  };
  return { ...event, data: { ...data, ...more } as TicketEvent['data'], patch };
}

function patchFor(row: TicketRow, type: TicketCommandType, by: Doer): TicketPatch {
  const { to }: Move = ticketMoves[type];
  return {
    touched: 1,
    ...(to === null ? {} : stateOf(row, to, by.at)),
    ...(type === 'acknowledge' ? { owner: by.name, acknowledged: by.at } : {}),
    ...(to === null || isOpen(to) ? {} : { owner: row.owner ?? by.name }),
  };
}

/** Ending while the condition stands is a person's right; the log says that they did it knowingly. */
function stateOf(row: TicketRow, state: TicketState, at: number): TicketPatch {
  if (isOpen(state)) return { state, closed: null };
  return { state, condition_clear: row.condition_clear, closed: at };
}
