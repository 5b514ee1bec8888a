import type { TicketDetail } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';
import { EpisodeRow } from '../asset/EpisodeRow.tsx';
import { useTicket } from '../live/use-live.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { LiveTile } from './LiveTile.tsx';
import { ReadingsAround } from './ReadingsAround.tsx';
import { TicketActions } from './TicketActions.tsx';
import { TicketFacts } from './TicketFacts.tsx';
import { TicketHead } from './TicketHead.tsx';
import { TicketHides } from './TicketHides.tsx';
import { TicketLog } from './TicketLog.tsx';
import styles from './TicketPage.module.css';
import { useShown } from './use-acts.ts';

/** One ticket: why it exists, what the sensor says now, who did what, and the one thing to do next. */
export function TicketPage() {
  const { t } = useTranslation('tickets');
  const id = Number(useParams({ from: '/tickets/$ticket' }).ticket);
  const detail = useQuery({
    queryKey: ['ticket', id],
    queryFn: ({ signal }) => get<TicketDetail>(`/api/tickets/${id}`, {}, signal),
    refetchInterval: 30_000,
  });
  const missing =
    detail.error instanceof ProblemError && [400, 404].includes(detail.error.problem.status);
  return (
    <>
      <BackLink to="/tickets">{t('back')}</BackLink>
      {missing && <Empty title={t('notFound')} />}
      {detail.error !== null && !missing && (
        <ErrorBand
          error={detail.error}
          onRetry={() => void detail.refetch()}
          dataFrom={detail.dataUpdatedAt}
        />
      )}
      {detail.isPending && <Skeleton heights={[56, 120, 240]} />}
      {detail.data !== undefined && <Ticket detail={detail.data} />}
    </>
  );
}

function Ticket({ detail }: { readonly detail: TicketDetail }) {
  const { t } = useTranslation('tickets');
  const live = useTicket(detail.id);
  const newest = live !== undefined && live.revision > detail.revision ? live : detail;
  const ticket = useShown(newest);
  return (
    <div className={styles.page}>
      <TicketHead ticket={ticket} />
      <div className={styles.main}>
        <LiveTile ticket={ticket} />
        <ReadingsAround detail={detail} />
        {detail.episodes.length > 0 && (
          <section>
            <h2>{t('episodes')}</h2>
            <Rows
              rows={detail.episodes}
              idOf={(episode) => String(episode.id)}
              render={(episode) => <EpisodeRow episode={episode} />}
              height={60}
            />
          </section>
        )}
      </div>
      <div className={styles.side}>
        <TicketActions ticket={ticket} seen={newest} />
        <TicketFacts ticket={ticket} />
        <TicketHides hides={detail.hides} />
        <TicketLog detail={detail} />
      </div>
    </div>
  );
}
