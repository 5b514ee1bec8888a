import type { ClockEntry, Page } from '@caretaker/cloud/contract';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { formatDuration } from '../../format/duration.ts';
import { useLanguage, usePick } from '../../i18n/use-language.ts';
import { useEstate } from '../../live/use-live.ts';
import { StateWord } from '../../state/StateWord.tsx';
import { serverClock } from '../../time/server-clock.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Rows } from '../../ui/Rows.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { When } from '../../ui/When.tsx';
import styles from './Missed.module.css';

const day = 24 * 3_600_000;
const days = { '7': 7, '30': 30, all: null } as const;
type Period = keyof typeof days;

/** Every promise that was not kept, the latest due first. */
export function MissedClocks() {
  const { t } = useTranslation('ticket-list');
  const { days: asked } = useSearch({ from: '/tickets/missed' });
  const navigate = useNavigate({ from: '/tickets/missed' });
  const period: Period = asked ?? '7';
  const estate = useEstate()?.id;
  const clocks = useInfiniteQuery({
    queryKey: ['tickets', estate, 'missed', period],
    queryFn: ({ pageParam, signal }) => {
      const length = days[period];
      const from = length === null ? undefined : serverClock.now() - length * day;
      const query = { estate, from, state: 'missed', limit: 100, cursor: pageParam };
      return get<Page<ClockEntry>>('/api/tickets/clocks', query, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    enabled: estate !== undefined,
  });
  const rows = clocks.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={styles.part}>
      <div className={styles.head}>
        <Segmented<Period>
          label={t('missed.period')}
          value={period}
          onChange={(next) =>
            void navigate({ search: (old) => ({ ...old, days: next === '7' ? undefined : next }) })
          }
          options={[
            { value: '7', label: t('missed.days7') },
            { value: '30', label: t('missed.days30') },
            { value: 'all', label: t('missed.all') },
          ]}
        />
        {rows.length > 0 && !clocks.hasNextPage && (
          <span className="muted">{t('missed.count', { count: rows.length })}</span>
        )}
      </div>
      {clocks.error !== null && (
        <ErrorBand
          error={clocks.error}
          onRetry={() => void clocks.refetch()}
          dataFrom={clocks.dataUpdatedAt}
        />
      )}
      {clocks.isPending && <Skeleton heights={[60, 60, 60]} />}
      {clocks.isSuccess && rows.length === 0 && <Empty title={t('missed.none')} />}
      {rows.length > 0 && (
        <Rows
          rows={rows}
          idOf={(row) => `${row.ticket} ${row.clock} ${row.round}`}
          render={(row) => <MissedRow entry={row} />}
          height={61}
        />
      )}
      {clocks.hasNextPage && (
        <Button disabled={clocks.isFetchingNextPage} onClick={() => void clocks.fetchNextPage()}>
          {t('missed.more')}
        </Button>
      )}
    </section>
  );
}

function MissedRow({ entry }: { readonly entry: ClockEntry }) {
  const { t } = useTranslation(['ticket-list', 'ticket', 'tickets', 'words']);
  const say = usePick();
  const language = useLanguage();
  return (
    <div className={styles.row}>
      <StateWord mark={entry.severity} />
      <div className={styles.what}>
        <Link
          to="/tickets/$ticket"
          params={{ ticket: String(entry.ticket) }}
          className={styles.link}
          data-row
        >
          {say(entry.title)}
        </Link>
        <span className={styles.small}>
          {entry.ref} · {say(entry.subjectName)} · {t(`words:ticketState.${entry.ticketState}`)} ·{' '}
          {entry.owner ?? t('tickets:nobody')}
        </span>
      </div>
      <div className={styles.clock}>
        <span>
          {t(`ticket:clockName.${entry.clock}`)}
          {entry.round > 1 && <span className="muted"> {entry.round}</span>}
        </span>
        <span className={styles.small}>
          {t('missed.due')} <When at={entry.due} />
        </span>
      </div>
      <div className={styles.late}>
        <span>{t('clock.late', { time: formatDuration(entry.late, language) })}</span>
        {entry.stopped === null && <span className={styles.small}>{t('missed.running')}</span>}
      </div>
    </div>
  );
}
