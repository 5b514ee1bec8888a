import type { Problem, Ticket, TicketCommand } from '@caretaker/cloud/contract';
import { problemIn } from '../../api/problem.ts';
import type { Wish } from '../acts.ts';

/** What became of one of many. */
export interface Result {
  readonly ticket: Ticket;
  /** `changed`: not done, as somebody else changed it meanwhile. */
  readonly outcome: 'done' | 'changed' | 'refused';
  readonly problem: Problem | null;
}

export interface EachParts {
  readonly send: (ticket: number, command: TicketCommand, key: string) => Promise<Ticket>;
  readonly onTicket: (ticket: Ticket) => void;
  readonly onResult: (result: Result) => void;
}

/** Refusals of what was overtaken by somebody else. */
const overtaken: ReadonlySet<string> = new Set(['CLOUD_TICKET_CHANGED', 'CLOUD_TICKET_MOVE']);

/**
 * Does the same to many tickets, each by the revision that was seen of it. One that is refused keeps none of the others
 * from it.
 * @param key makes a repeat of the whole harmless
 */
export async function sendEach(
  tickets: readonly Ticket[],
  wish: Wish,
  key: string,
  { send, onTicket, onResult }: EachParts,
): Promise<void> {
  for (const ticket of tickets) {
    const command: TicketCommand = { ...wish, revision: ticket.revision };
    try {
      const done = await send(ticket.id, command, `${key}-${ticket.id}`);
      onTicket(done);
      onResult({ ticket: done, outcome: 'done', problem: null });
    } catch (error) {
      const problem = problemIn(error);
      const outcome = overtaken.has(problem.code) ? 'changed' : 'refused';
      onResult({ ticket, outcome, problem });
    }
  }
}
