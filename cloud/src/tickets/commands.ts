import { CaretakerError } from '@caretaker/readings/base';
import {
  type Move,
  type Ticket,
  type TicketCommand,
  type TicketCommandType,
  ticketEntries,
  ticketMoves,
} from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { answered, remember, requestOf } from '../db/once.ts';
import type { Audit } from '../identity/deed.ts';
import { forbidden } from '../policy/access.ts';
import type { Deed, Doer, Scene } from './acts/act.ts';
import { deedOf } from './acts/acts.ts';
import { factsOf } from './acts/facts.ts';
import type { TicketWorld } from './acts/world.ts';
import { append, type NewEvent } from './append.ts';
import { overtakenBy, requireMeant, since } from './meets.ts';
import { type TicketEventRow, type TicketRow, ticketOf } from './rows.ts';

export interface CommandParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly world: TicketWorld;
}

export interface CommandResult {
  readonly ticket: Ticket;
  /** The row as written; null when the same request had been carried out before. */
  readonly row: TicketRow | null;
}

/** Not carried out, though something about it was written down. */
interface Refused {
  readonly refusal: CaretakerError;
}

/**
 * Carries out what a person wants done to a ticket, once for each key.
 * @throws CaretakerError `CLOUD_TICKET_UNKNOWN`, `CLOUD_TICKET_CHANGED`, `CLOUD_TICKET_REVISION`,
 *   `CLOUD_TICKET_MOVE`, `CLOUD_KEY_REUSED`, and what the rules of the command say
 * @throws Forbidden `CLOUD_FORBIDDEN` for what only those may do who direct others
 */
export async function command(
  parts: CommandParts,
  id: number,
  wish: TicketCommand,
  key: string,
  by: Doer,
): Promise<CommandResult> {
  const write = { key, request: requestOf(id, { ...wish, actor: by.actor }) };
  const result = await parts.database.write(async (tx): Promise<CommandResult | Refused> => {
    const done = await answered<Ticket>(tx, write);
    if (done !== null) return { ticket: done, row: null };
    const row = await loadTicket(tx, id);
    const log = await loadLog(tx, id);
    requireMeant(row, log, wish.type, wish.revision);
    if (needsDirecting(wish.type) && !by.directs) throw forbidden('ticket.direct');
    const scene = { row, log, by, wish, facts: factsOf(tx, row, parts.world, by.at) };
    const deed = await deedOf(scene);
    if (deed.refusal !== undefined) return { refusal: deed.refusal };
    const { timeOf } = parts.world.directory;
    const after = await append(tx, row, [eventOf(scene, deed)], by.at, timeOf);
    const ticket = ticketOf(after);
    await remember(tx, write, { status: 200, body: ticket, at: by.at });
    await audited(tx, parts.audit, scene, after);
    return { ticket, row: after };
  });
  if ('refusal' in result) throw result.refusal;
  return result;
}

function audited(tx: Tx, audit: Audit, { row, wish, by }: Scene, after: TicketRow): Promise<void> {
  const note = 'note' in wish && wish.note !== undefined ? { note: wish.note } : {};
  const detail = { revision: after.revision, ...note };
  const entry = { at: by.at, actor: by.actor, action: `ticket.${wish.type}` };
  return audit(tx, { ...entry, object: `ticket:${row.id}`, detail });
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

function needsDirecting(type: TicketCommandType): boolean {
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

function eventOf(scene: Scene, { data = {}, patch = {} }: Deed): NewEvent {
  const { row: _, log, wish, by } = scene;
  const overtook = overtakenBy(patch, since(log, wish.revision));
  const told = overtook.map(({ by, field, value }) => ({ by, field, value }));
  return {
    type: ticketEntries[wish.type],
    by: by.name,
    actor: by.actor,
    note: ('note' in wish ? wish.note : undefined) ?? null,
    reason: null,
    episode: null,
    data: told.length === 0 ? data : { ...data, overtook: told },
    patch,
  };
}
