import type { FirstAsked } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { formatAge, formatDuration } from '../../format/duration.ts';
import { useLanguage, usePick } from '../../i18n/use-language.ts';
import { useEstate } from '../../live/use-live.ts';
import { useNow } from '../../time/use-now.ts';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import styles from './Missed.module.css';

/** Who was asked first for what is still open, and what nobody has accepted from them. */
export function FirstAskedList() {
  const { t } = useTranslation('ticket-list');
  const estate = useEstate()?.id;
  const asked = useQuery({
    queryKey: ['tickets', estate, 'first-asked'],
    queryFn: ({ signal }) => get<FirstAsked>('/api/tickets/first-asked', { estate }, signal),
    refetchInterval: 60_000,
    enabled: estate !== undefined,
  });
  const people = asked.data?.items ?? [];
  return (
    <section className={styles.part}>
      <div>
        <h2>{t('asked.title')}</h2>
        <p className={styles.small}>{t('asked.why')}</p>
      </div>
      {asked.error !== null && (
        <ErrorBand
          error={asked.error}
          onRetry={() => void asked.refetch()}
          dataFrom={asked.dataUpdatedAt}
        />
      )}
      {asked.isSuccess && people.length === 0 && <Empty title={t('asked.none')} />}
      {people.length > 0 && (
        <ul className={styles.people}>
          {people.map((one) => (
            <Asked key={one.person ?? one.name} one={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Asked({ one }: { readonly one: FirstAsked['items'][number] }) {
  const { t } = useTranslation(['ticket-list', 'words']);
  const say = usePick();
  const language = useLanguage();
  const now = useNow(60_000);
  return (
    <li>
      <div className={styles.head}>
        <h3>{one.name}</h3>
        <span>{t('ticket-list:asked.open', { count: one.open })}</span>
        {one.unaccepted > 0 && (
          <span className={styles.warn}>
            {t('ticket-list:asked.unaccepted', { count: one.unaccepted })}
          </span>
        )}
        <span className="muted">
          {t('ticket-list:asked.oldest', { age: formatAge(now - one.oldest, language) })}
        </span>
      </div>
      <ul>
        {one.tickets.map((ticket) => (
          <li key={ticket.id} className={styles.matter}>
            <Link to="/tickets/$ticket" params={{ ticket: String(ticket.id) }} data-row>
              {ticket.ref} {say(ticket.title)}
            </Link>
            <span className={styles.small}>
              {t(`words:ticketState.${ticket.state}`)} · {ticket.owner ?? one.name} ·{' '}
              {formatDuration(now - ticket.opened, language)}
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
