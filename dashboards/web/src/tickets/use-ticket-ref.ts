import type { Ticket } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { getAll } from '../api/client.ts';
import { useTicket } from '../live/use-live.ts';

/** `CT-1042` for a ticket of a subject; its bare number until the closed ones are loaded. */
export function useTicketRef(id: number | null, subject: string): string {
  const live = useTicket(id ?? 0);
  const query = useQuery({
    queryKey: ['tickets', 'subject', subject],
    queryFn: () => getAll<Ticket>('/api/tickets', { subject }, 1000),
    enabled: id !== null && live === undefined,
    staleTime: 60_000,
  });
  if (id === null) return '';
  return live?.ref ?? query.data?.find((ticket) => ticket.id === id)?.ref ?? `#${id}`;
}
