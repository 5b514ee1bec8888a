import type { TicketDetail } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';
import { EpisodeRow } from '../asset/EpisodeRow.tsx';
import { useTicket } from '../live/use-live.ts';
import { serverClock } from '../time/server-clock.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Checklist } from './Checklist.tsx';
import { Clocks } from './Clocks.tsx';
import { useUploads } from './files/use-uploads.ts';
import { LiveTile } from './LiveTile.tsx';
import { Photos } from './Photos.tsx';
import { ReadingsAround } from './ReadingsAround.tsx';
import { Related } from './Related.tsx';
import { TicketActions } from './TicketActions.tsx';
import { TicketFacts } from './TicketFacts.tsx';
import { TicketHead } from './TicketHead.tsx';
import { TicketHides } from './TicketHides.tsx';
import { TicketLog } from './TicketLog.tsx';
import styles from './TicketPage.module.css';
import { useShown } from './use-acts.ts';
import { WorkDone } from './WorkDone.tsx';

const calm = 30_000;
/** While the sensor proves a fix, somebody stands there and waits for it. */
const proving = 5_000;

/** One ticket: why it exists, what the sensor says now, who did what, and the one thing to do next. */
export function TicketPage() {
  const { t } = useTranslation(['ticket', 'tickets']);
  const id = Number(useParams({ from: '/tickets/$ticket' }).ticket);
  const detail = useQuery({
    queryKey: ['ticket', id],
    queryFn: ({ signal }) => get<TicketDetail>(`/api/tickets/${id}`, {}, signal),
    refetchInterval: ({ state }) => (isProving(state.data) ? proving : calm),
  });
  const missing =
    detail.error instanceof ProblemError && [400, 404].includes(detail.error.problem.status);
  return (
    <>
      <BackLink to="/tickets">{t('tickets:back')}</BackLink>
      {missing && <Empty title={t('ticket:notFound')} />}
      {detail.error !== null && !missing && (
        <ErrorBand
          error={detail.error}
          onRetry={() => void detail.refetch()}
          dataFrom={detail.dataUpdatedAt}
        />
      )}
      {detail.isPending && <Skeleton heights={[56, 120, 240]} />}
      {detail.data !== undefined && (
        <Ticket detail={detail.data} heard={serverClock.of(detail.dataUpdatedAt)} />
      )}
    </>
  );
}

function isProving(detail: TicketDetail | undefined): boolean {
  const phase = detail?.proof?.phase;
  return phase === 'clearing' || phase === 'counting' || detail?.state === 'fixed';
}

interface Props {
  readonly detail: TicketDetail;
  /** When the details came. */
  readonly heard: number;
}

function Ticket({ detail, heard }: Props) {
  const { t } = useTranslation('ticket');
  const live = useTicket(detail.id);
  const newest = live !== undefined && live.revision > detail.revision ? live : detail;
  const ticket = useShown(newest);
  const uploads = useUploads(detail.id);
  const sensor = detail.proof?.phase ?? null;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <TicketHead ticket={ticket} />
        <TicketActions ticket={ticket} seen={newest} sensor={sensor} uploads={uploads} />
      </div>
      <div className={styles.live}>
        <LiveTile ticket={ticket} detail={detail} heard={heard} />
      </div>
      <div className={styles.facts}>
        <Clocks ticket={ticket} clocks={detail.clocks} heard={heard} />
        <Checklist ticket={ticket} seen={newest} events={detail.events} />
        <WorkDone work={detail.work} />
        <TicketFacts ticket={ticket} />
      </div>
      <div className={styles.log}>
        <TicketLog detail={detail} />
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
      <div className={styles.more}>
        <Photos ticket={ticket} files={detail.files} uploads={uploads} />
        <Related ticket={ticket} />
        <TicketHides hides={detail.hides} />
        <ReadingsAround detail={detail} />
      </div>
    </div>
  );
}
