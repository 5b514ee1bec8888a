import { CaretakerError } from '@caretaker/readings/base';
import {
  isAllowed,
  type Move,
  type Ticket,
  type TicketCommandType,
  ticketMoves,
} from '../contract/index.ts';
import { type TicketEventRow, type TicketPatch, type TicketRow, ticketOf } from './rows.ts';

/** What happened to a ticket, as far as commands must know it; oldest first. */
export type TicketLog = readonly Pick<
  TicketEventRow,
  'sequence' | 'type' | 'at' | 'by' | 'actor' | 'data' | 'patch'
>[];

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

/** An entry of another that a later one shows in the place of. */
interface Overtook {
  readonly by: string;
  readonly field: string;
  readonly value: string | number | null;
}

/** What changed after a revision. */
export function since(log: TicketLog, revision: number): TicketLog {
  return log.filter(({ sequence }) => sequence > revision);
}

/**
 * Whether a command still means what its author meant by it: who only adds or sets something is not in the way of
 * others, and who moves a ticket must have seen the state from which they do so, and what they decide on.
 * @throws RevisionConflict `CLOUD_TICKET_CHANGED`
 * @throws CaretakerError `CLOUD_TICKET_REVISION`, `CLOUD_TICKET_MOVE`
 */
export function requireMeant(
  row: TicketRow,
  log: TicketLog,
  type: TicketCommandType,
  seen: number,
): void {
  if (seen > row.revision || seen < 0) throw noSuchRevision(row, seen);
  const move: Move = ticketMoves[type];
  const later = since(log, seen);
  const moved = later.some((entry) => patchIn(entry).state !== undefined);
  const rests = later.some((entry) => move.restsOn?.includes(entry.type));
  const allowed = isAllowed(type, row.state);
  if (rests || (moved && (move.meets === 'moves' || !allowed))) {
    throw new RevisionConflict(ticketOf(row));
  }
  if (!allowed) throw notAllowed(row, type);
}

/** What a command sets that others had set after the revision that its author saw; the last of each. */
export function overtakenBy(patch: TicketPatch, later: TicketLog): readonly Overtook[] {
  return Object.keys(patch)
    .filter((field) => !kept.has(field))
    .flatMap((field) => {
      const last = later.findLast((entry) => field in patchIn(entry));
      if (last === undefined) return [];
      const value = patchIn(last)[field as keyof TicketPatch] ?? null;
      return [{ by: last.by, field, value }];
    });
}

/** Set by nearly every entry: they say nothing of what its author wanted. */
const kept: ReadonlySet<string> = new Set(['touched', 'handover_at', 'acknowledged']);

export function patchIn({ patch }: Pick<TicketEventRow, 'patch'>): TicketPatch {
  return JSON.parse(patch);
}

function noSuchRevision({ revision }: TicketRow, seen: number): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TICKET_REVISION',
    message: `The ticket has no revision ${seen}; it is at revision ${revision}.`,
    next: 'Read the ticket, and send the revision that you saw.',
  });
}

function notAllowed({ state }: TicketRow, type: TicketCommandType): CaretakerError {
  const { from }: Move = ticketMoves[type];
  return new CaretakerError({
    code: 'CLOUD_TICKET_MOVE',
    message: `The ticket is ${state}: ${type} is possible only from ${from.join(', ')}.`,
    next: 'Look at the ticket as it is now, and do what is possible from there.',
  });
}
