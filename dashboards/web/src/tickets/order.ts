import type { Severity, TicketState } from '@caretaker/cloud/contract';
import { isOpen as isOpenState } from '@caretaker/cloud/contract/ticket-states';
import { rankOf } from '../state/mark.ts';

/** Whether somebody still has to do something about it. */
export function isOpen(ticket: { readonly state: TicketState }): boolean {
  return isOpenState(ticket.state);
}

interface Orderable {
  readonly severity: Severity;
  readonly state: TicketState;
  readonly onset: number;
  readonly id: number;
}

/** Worst first; of equals those that nobody has taken, then those that wait longest. */
export function byUrgency(a: Orderable, b: Orderable): number {
  const severity = rankOf(a.severity) - rankOf(b.severity);
  if (severity !== 0) return severity;
  const taken = Number(a.state !== 'new') - Number(b.state !== 'new');
  if (taken !== 0) return taken;
  return a.onset - b.onset || a.id - b.id;
}
