import type { LedgerRow, Page } from '@caretaker/cloud/contract';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { get, url } from '../../api/client.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useEstate, useZone } from '../../live/use-live.ts';
import { useNow } from '../../time/use-now.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import styles from './Ledger.module.css';
import { LedgerFilters } from './LedgerFilters.tsx';
import { LedgerTable } from './LedgerTable.tsx';
import { type LedgerSearch, ledgerSearch, queryOf } from './search.ts';

/** The work ledger of the desk: every matter of a period, with what was done by whom and when. */
export function LedgerPage() {
  const { t } = useTranslation(['ticket-list', 'tickets']);
  const { search, set } = useAddress();
  const estate = useEstate()?.id;
  const zone = useZone();
  const language = useLanguage();
  // To the minute: the same question gets the same answer for a while.
  const now = useNow(60_000);
  const rowsOf = useInfiniteQuery({
    queryKey: ['tickets', estate, 'ledger', search],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...queryOf(search, zone, now), estate, limit: 100, cursor: pageParam };
      return get<Page<LedgerRow>>('/api/tickets/ledger', query, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: estate !== undefined,
  });
  const rows = rowsOf.data?.pages.flatMap((page) => page.items) ?? [];
  const file = url('/api/tickets/ledger/export', {
    ...queryOf(search, zone, now),
    estate,
    language: language === 'zh-CN' ? 'zh' : 'en',
  });
  return (
    <div className={styles.page}>
      <BackLink to="/tickets">{t('tickets:back')}</BackLink>
      <header className={styles.head}>
        <h1>{t('ledger.title')}</h1>
        <a className={styles.export} href={file} download="ledger.csv">
          {t('ledger.export')}
        </a>
      </header>
      <LedgerFilters search={search} set={set} />
      {rowsOf.error !== null && (
        <ErrorBand
          error={rowsOf.error}
          onRetry={() => void rowsOf.refetch()}
          dataFrom={rowsOf.dataUpdatedAt}
        />
      )}
      {rowsOf.isPending && <Skeleton heights={[60, 60, 60, 60]} />}
      {rowsOf.isSuccess && rows.length === 0 && <Empty title={t('ledger.none')} />}
      {rows.length > 0 && <LedgerTable rows={rows} />}
      {rowsOf.hasNextPage && (
        <Button disabled={rowsOf.isFetchingNextPage} onClick={() => void rowsOf.fetchNextPage()}>
          {t('ledger.more')}
        </Button>
      )}
    </div>
  );
}

function useAddress() {
  const raw = useSearch({ from: '/tickets/ledger' });
  const navigate = useNavigate({ from: '/tickets/ledger' });
  const key = JSON.stringify(raw);
  const search = useMemo(() => ledgerSearch(JSON.parse(key)), [key]);
  const set = useCallback(
    (change: LedgerSearch) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace: true }),
    [navigate],
  );
  return { search, set };
}
