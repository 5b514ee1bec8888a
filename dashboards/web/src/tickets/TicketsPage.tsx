import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useEstate } from '../live/use-live.ts';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { BulkBar } from './bulk/BulkBar.tsx';
import { useSelection } from './bulk/use-selection.ts';
import { FilterBar } from './list/FilterBar.tsx';
import { type TicketsSearch, tabOf, ticketsSearch } from './list/search.ts';
import { Tabs } from './list/Tabs.tsx';
import { useTicketCounts, useTicketList } from './list/use-ticket-list.ts';
import { NoTickets } from './NoTickets.tsx';
import { TicketList } from './TicketList.tsx';
import styles from './TicketsPage.module.css';
import { useViewer } from './use-viewer.ts';

/** What somebody has to do, what runs out first at the top; live. */
export function TicketsPage() {
  const { t } = useTranslation(['tickets', 'ticket-list']);
  const { search, set } = useAddress();
  const estate = useEstate()?.id;
  const may = useMay('ticket.act', estate);
  const counts = useTicketCounts();
  const { tickets, pages, complete, heard } = useTicketList(search);
  const selection = useSelection(tickets);
  const viewer = useViewer(estate ?? '');
  const count = tickets.length;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <Tabs
          tab={tabOf(search)}
          counts={counts}
          onTab={(tab) => set({ tab: tab === 'open' ? undefined : tab })}
        />
        <ListLinks />
        <span className={styles.count}>
          {pages.hasNextPage
            ? t('ticket-list:shownMore', { count })
            : t('ticket-list:shown', { count })}
        </span>
      </header>
      <FilterBar search={search} set={set} />
      {!may && <Reason action="ticket.act" />}
      {pages.error !== null && (
        <ErrorBand
          error={pages.error}
          onRetry={() => void pages.refetch()}
          dataFrom={pages.dataUpdatedAt}
        />
      )}
      {count === 0 && !complete && pages.error === null && <Skeleton heights={[60, 60, 60, 60]} />}
      {count === 0 && complete && <NoTickets search={search} set={set} />}
      {count > 0 && (
        <TicketList tickets={tickets} heard={heard} selection={may ? selection : null} />
      )}
      {pages.hasNextPage && (
        <Button
          className={styles.more}
          disabled={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('ticket-list:next')}
        </Button>
      )}
      {may && <BulkBar selection={selection} viewer={viewer} />}
    </div>
  );
}

/** The other lists of tickets, and how a person begins one. */
function ListLinks() {
  const { t } = useTranslation('ticket-list');
  const may = useMay('ticket.act', useEstate()?.id);
  return (
    <nav className={styles.links} aria-label={t('links.label')}>
      <Link to="/tickets/ledger">{t('ledger.title')}</Link>
      <Link to="/tickets/missed">{t('links.missed')}</Link>
      {may && <Link to="/tickets/new">{t('links.new')}</Link>}
    </nav>
  );
}

/** The filters as the address has them, so that a view can be handed on. */
function useAddress() {
  const raw = useSearch({ from: '/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const key = JSON.stringify(raw);
  const search = useMemo(() => ticketsSearch(JSON.parse(key)), [key]);
  const set = useCallback(
    (change: TicketsSearch) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace: true }),
    [navigate],
  );
  return { search, set };
}
