import type { Page, Ticket, TicketCounts } from '@caretaker/cloud/contract';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client.ts';
import { useEstate, useLoaded, useTickets } from '../../live/use-live.ts';
import { usePerson } from '../../session/use-session.ts';
import { serverClock } from '../../time/server-clock.ts';
import { useNow } from '../../time/use-now.ts';
import { mergeLive } from './merge.ts';
import { filterOf, type TicketsSearch } from './search.ts';
import { useAfterChange } from './use-changes.ts';

/** Asked again this soon after something streamed, milliseconds. */
const countsAfter = 1000;
const listAfter = 3000;

/** The list that the address asks for, live. */
export function useTicketList(search: TicketsSearch) {
  const estate = useEstate()?.id;
  const person = usePerson()?.id ?? null;
  const live = useTickets();
  const loaded = useLoaded();
  const now = useNow(10_000);
  const filter = filterOf(search);
  const pages = useInfiniteQuery({
    queryKey: ['tickets', estate, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Ticket>>(
        '/api/tickets',
        { ...filter, estate, limit: 100, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // What does not fit the new filter is left out at once; the rest stays until there is an answer.
    placeholderData: keepPreviousData,
    enabled: estate !== undefined,
  });
  useAfterChange(live, () => void pages.refetch(), listAfter);
  const { data, hasNextPage } = pages;
  const tickets = useMemo(() => {
    const rows = data?.pages.flatMap((page) => page.items) ?? [];
    return mergeLive({ rows, live, more: hasNextPage }, search, { person, now });
  }, [data, live, hasNextPage, search, person, now]);
  const answered = pages.isSuccess && !pages.isPlaceholderData;
  return {
    tickets,
    pages,
    /** Whether an empty list means that there is none. */
    complete: answered && loaded,
    heard: serverClock.of(pages.dataUpdatedAt),
  };
}

/** What stands behind each tab; late tickets become so by the clock alone, hence the interval. */
export function useTicketCounts(): TicketCounts | undefined {
  const estate = useEstate()?.id;
  const counts = useQuery({
    queryKey: ['tickets', estate, 'counts'],
    queryFn: ({ signal }) => get<TicketCounts>('/api/tickets/counts', { estate }, signal),
    refetchInterval: 30_000,
    enabled: estate !== undefined,
  });
  useAfterChange(useTickets(), () => void counts.refetch(), countsAfter);
  return counts.data;
}
