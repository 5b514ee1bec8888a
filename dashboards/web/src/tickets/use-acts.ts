import type { Ticket } from '@caretaker/cloud/contract';
import { useSyncExternalStore } from 'react';
import { get, post } from '../api/client.ts';
import { hub } from '../app/live.ts';
import { queries } from '../app/query.ts';
import { beforeSignOut, personName } from '../session/session.ts';
import { type Act, Acts, withActs } from './acts.ts';

/** What is being done from this page. */
export const acts = new Acts({
  send: (ticket, command, key) => post<Ticket>(`/api/tickets/${ticket}/events`, command, key),
  read: (ticket) => get<Ticket>(`/api/tickets/${ticket}`),
  onTicket(ticket) {
    hub.putTicket(ticket);
    void queries.invalidateQueries({ queryKey: ['ticket', ticket.id] });
    void queries.invalidateQueries({ queryKey: ['tickets'] });
  },
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  newKey: () => crypto.randomUUID(),
  who: personName,
});

window.addEventListener('pagehide', () => void acts.flush());
beforeSignOut(() => acts.flush());

export function useActs(): readonly Act[] {
  return useSyncExternalStore(acts.subscribe, acts.list);
}

/** A ticket with what this page has already done to it. */
export function useShown(ticket: Ticket): Ticket {
  return withActs(ticket, useActs());
}

/** Takes the ticket in the name of this person, with time for undo. */
export function acknowledge(ticket: Ticket): void {
  acts.later(ticket, { type: 'acknowledge' });
}
