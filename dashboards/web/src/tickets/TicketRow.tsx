import type { Ticket } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useMay } from '../session/use-session.ts';
import { StateWord } from '../state/StateWord.tsx';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { TicketMarks } from './TicketMarks.tsx';
import styles from './TicketRow.module.css';
import { acknowledge } from './use-acts.ts';

/** One ticket: how bad, what, where, whose, for how long; and the one thing to do about it. */
export function TicketRow({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['tickets', 'words']);
  const say = usePick();
  const language = useLanguage();
  const now = useNow();
  const end = ticket.closed ?? now;
  const fresh = ticket.state === 'new';
  const may = useMay('ticket.act', ticket.estate);
  return (
    <div
      className={styles.row}
      data-new={fresh || undefined}
      data-ended={ticket.closed !== null || undefined}
    >
      <StateWord mark={ticket.severity} />
      <span className={styles.ref}>{ticket.ref}</span>
      <div className={styles.what}>
        <Link
          to="/tickets/$ticket"
          params={{ ticket: String(ticket.id) }}
          className={styles.link}
          data-row
        >
          {say(ticket.title)}
        </Link>
        <TicketMarks ticket={ticket} />
        <span className={styles.where}>
          {say(ticket.subjectName)} · {say(ticket.why)}
        </span>
      </div>
      <span className={styles.state}>
        {t(`words:ticketState.${ticket.state}`)}
        {ticket.conditionClear && ticket.closed === null && <small>{t('tickets:clear')}</small>}
      </span>
      <span className={styles.owner}>{ticket.owner ?? t('tickets:nobody')}</span>
      <span className={styles.age}>{formatDuration(end - ticket.onset, language)}</span>
      <span className={styles.act}>
        {fresh && (
          <Button disabled={!may} onClick={() => acknowledge(ticket)}>
            {t('tickets:act.acknowledge')}
          </Button>
        )}
      </span>
    </div>
  );
}
