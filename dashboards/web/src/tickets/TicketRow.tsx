import type { Ticket } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useMay } from '../session/use-session.ts';
import { StateWord } from '../state/StateWord.tsx';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import type { Selection } from './bulk/use-selection.ts';
import { RowClock } from './list/RowClock.tsx';
import { RowState } from './list/RowState.tsx';
import { TicketMarks } from './TicketMarks.tsx';
import styles from './TicketRow.module.css';
import { acknowledge } from './use-acts.ts';

interface Props {
  readonly ticket: Ticket;
  /** When the service said how far its clock is. */
  readonly heard: number;
  /** Null where nothing can be done with several at once. */
  readonly selection: Selection | null;
}

/** One ticket: how bad, what, where, whose, how long is left; and the one thing to do about it. */
export function TicketRow({ ticket, heard, selection }: Props) {
  const { t } = useTranslation(['tickets', 'ticket-list', 'words']);
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
      <span className={styles.select}>
        {selection !== null && (
          <input
            type="checkbox"
            aria-label={t('ticket-list:bulk.select', { ref: ticket.ref })}
            checked={selection.has(ticket.id)}
            onChange={() => selection.toggle(ticket.id)}
          />
        )}
      </span>
      <span className={styles.severity}>
        <StateWord mark={ticket.severity} />
      </span>
      <span className={styles.ref}>{ticket.ref}</span>
      <div className={styles.what}>
        <span className={styles.title}>
          <Link
            to="/tickets/$ticket"
            params={{ ticket: String(ticket.id) }}
            className={styles.link}
            data-row
            data-ticket={ticket.id}
          >
            {say(ticket.title)}
          </Link>
          <TicketMarks ticket={ticket} />
        </span>
        <span className={styles.where}>
          {ticket.place ?? say(ticket.subjectName)}
          {say(ticket.why) !== '' && <span className={styles.why}> · {say(ticket.why)}</span>}
        </span>
      </div>
      <span className={styles.state}>
        <RowState ticket={ticket} />
      </span>
      <span className={styles.owner}>
        <span>{ticket.owner ?? t('tickets:nobody')}</span>
        {fresh && (
          <Button className={styles.act} disabled={!may} onClick={() => acknowledge(ticket)}>
            {t('tickets:act.acknowledge')}
          </Button>
        )}
      </span>
      <span className={styles.clock}>
        <RowClock clock={ticket.clock} heard={heard} />
      </span>
      <span className={styles.age}>{formatDuration(end - ticket.onset, language)}</span>
    </div>
  );
}
