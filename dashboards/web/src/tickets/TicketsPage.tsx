import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useEstate, useLoaded, useTickets } from '../live/use-live.ts';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AllTickets } from './AllTickets.tsx';
import { NoTickets } from './NoTickets.tsx';
import { isOpen } from './order.ts';
import { TicketList } from './TicketList.tsx';
import styles from './TicketsPage.module.css';

type Show = 'open' | 'new' | 'all';

/** What somebody has to do, worst first; live. */
export function TicketsPage() {
  const { t } = useTranslation('tickets');
  const { show = 'open' } = useSearch({ from: '/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const loaded = useLoaded();
  const may = useMay('ticket.act', useEstate()?.id);
  const open = useTickets().filter(isOpen);
  const fresh = open.filter((ticket) => ticket.state === 'new');
  const choose = (next: Show) =>
    void navigate({ search: (old) => ({ ...old, show: next === 'open' ? undefined : next }) });
  const rows = show === 'new' ? fresh : open;
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <Segmented<Show>
          label={t('filter.label')}
          value={show}
          onChange={choose}
          options={[
            { value: 'open', label: t('filter.open'), count: open.length },
            { value: 'new', label: t('filter.new'), count: fresh.length },
            { value: 'all', label: t('filter.all') },
          ]}
        />
        {show !== 'all' && (
          <span className={styles.count}>{t('shown', { count: rows.length })}</span>
        )}
      </header>
      {!may && <Reason action="ticket.act" />}
      {show === 'all' && <AllTickets />}
      {show !== 'all' && !loaded && <Skeleton heights={[48, 48, 48, 48]} />}
      {show !== 'all' && loaded && rows.length === 0 && (
        <NoTickets show={show} onAll={() => choose('all')} />
      )}
      {show !== 'all' && rows.length > 0 && <TicketList tickets={rows} order="urgency" />}
    </>
  );
}
