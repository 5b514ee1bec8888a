import { type FedTicket, type TicketsReply, ticketsDigest } from '@caretaker/readings/uplink';
import type { TicketEvent } from './messages.ts';

/** What became of one ticket. */
export interface TicketChange {
  readonly ticket: FedTicket;
  readonly open: boolean;
}

const priorities = { emergency: 'P1', high: 'P2', medium: 'P3', low: 'P4' } as const;

/** The open tickets of the estate, as far as the cloud has told. */
export class TicketBook {
  readonly #open = new Map<number, FedTicket>();

  constructor(kept: Iterable<FedTicket> = []) {
    for (const ticket of kept) this.#open.set(ticket.id, ticket);
  }

  get open(): readonly FedTicket[] {
    return [...this.#open.values()];
  }

  get(id: number): FedTicket | undefined {
    return this.#open.get(id);
  }

  digest(): string {
    return ticketsDigest(this.#open.values());
  }

  /** Takes what the cloud says. @returns what is otherwise than before */
  take({ all, tickets }: TicketsReply): TicketChange[] {
    const changes: TicketChange[] = [];
    const named = new Set<number>();
    for (const ticket of tickets) {
      named.add(ticket.id);
      const before = this.#open.get(ticket.id);
      if (before !== undefined && before.revision >= ticket.revision && !all) continue;
      if (ticket.open) this.#open.set(ticket.id, ticket);
      else this.#open.delete(ticket.id);
      const same = before?.revision === ticket.revision && before.open === ticket.open;
      if (!same && (ticket.open || before !== undefined)) {
        changes.push({ ticket, open: ticket.open });
      }
    }
    if (!all) return changes;
    for (const [id, ticket] of this.#open) {
      if (named.has(id)) continue;
      this.#open.delete(id);
      // Closed while we were away: how, nobody said.
      changes.push({ ticket: { ...ticket, state: 'closed', open: false }, open: false });
    }
    return changes;
  }
}

export function ticketEvent(ticket: FedTicket, estate: string, now: number): TicketEvent {
  const { id, ref, subject, item, severity, state, open, title, onset, opened, due, url } = ticket;
  const asset = assetOf(subject, estate);
  const priority = priorities[severity];
  return {
    ...{ id, ref, estate, at: now, subject, asset, item, severity, priority, state, open, title },
    ...{ onset, opened, due, url },
  };
}

/** The asset of a subject `estate/asset`; null for another subject. */
export function assetOf(subject: string, estate: string): string | null {
  const own = `${estate}/`;
  const rest = subject.startsWith(own) ? subject.slice(own.length) : '';
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(rest) ? rest : null;
}
