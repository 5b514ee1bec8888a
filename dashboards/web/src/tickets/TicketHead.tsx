import type { Ticket } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { StateWord } from '../state/StateWord.tsx';
import styles from './TicketHead.module.css';
import { TicketMarks } from './TicketMarks.tsx';

/** Which ticket, how bad, where, in which state, whose. */
export function TicketHead({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['tickets', 'words']);
  const say = usePick();
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <span className={styles.ref}>
          {ticket.ref} · {say(ticket.subjectName)}
        </span>
        <StateWord mark={ticket.severity} />
        <span
          className={styles.state}
          data-new={ticket.state === 'new' || undefined}
          aria-live="polite"
        >
          {t(`words:ticketState.${ticket.state}`)}
          {ticket.owner !== null && ` · ${ticket.owner}`}
        </span>
        <TicketMarks ticket={ticket} />
      </div>
      <h1>{say(ticket.title)}</h1>
      <p>{say(ticket.why)}</p>
      {ticket.item !== '' && (
        <p className={styles.item}>
          {ticket.item} {say(ticket.itemName)}
        </p>
      )}
    </header>
  );
}
