import type { Ticket } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from './TicketFacts.module.css';
import { useTicketRef } from './use-ticket-ref.ts';

/** The tickets of the same fault before this one. */
export function Related({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation('ticket');
  const before = useTicketRef(ticket.previous, ticket.subject);
  const { previous, repeat, assigned } = ticket;
  if (previous === null && repeat === 1) return null;
  return (
    <section>
      <h2>{t('related.title')}</h2>
      <ul className={styles.facts}>
        {repeat > 1 && <li>{t('related.repeat', { count: repeat })}</li>}
        {previous !== null && (
          <li>
            {t('related.previous')}{' '}
            <Link to="/tickets/$ticket" params={{ ticket: String(previous) }}>
              {before}
            </Link>
          </li>
        )}
        {previous !== null && assigned !== null && (
          <li>{t('related.samePerson', { name: assigned.name })}</li>
        )}
      </ul>
    </section>
  );
}
