import type { Page, Ticket } from '@caretaker/cloud/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { useEstate, useTickets } from '../live/use-live.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { NoTickets } from './NoTickets.tsx';
import { TicketList } from './TicketList.tsx';
import styles from './TicketsPage.module.css';

/** Every ticket, newest first, a page at a time; rows that stream are shown as they are now. */
export function AllTickets() {
  const { t } = useTranslation('tickets');
  const estate = useEstate()?.id;
  const live = new Map(useTickets().map((ticket) => [ticket.id, ticket]));
  const pages = useInfiniteQuery({
    queryKey: ['tickets', estate],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Ticket>>('/api/tickets', { estate, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: estate !== undefined,
  });
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {pages.error !== null && (
        <ErrorBand
          error={pages.error}
          onRetry={() => void pages.refetch()}
          dataFrom={pages.dataUpdatedAt}
        />
      )}
      {pages.isPending && <Skeleton heights={[48, 48, 48, 48]} />}
      {pages.isSuccess && rows.length === 0 && <NoTickets show="all" />}
      {rows.length > 0 && (
        <TicketList tickets={rows.map((row) => live.get(row.id) ?? row)} order="opened" />
      )}
      {pages.hasNextPage && (
        <Button
          className={styles.more}
          disabled={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('older')}
        </Button>
      )}
    </>
  );
}
