import type { Ticket } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { icons } from '../shell/icons.tsx';
import styles from './TicketMarks.module.css';

/** Marks beside a title: repeats, and a lock when only a person may close it. */
export function TicketMarks({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['tickets', 'words']);
  return (
    <span className={styles.marks}>
      {ticket.repeat > 1 && (
        <span title={t('tickets:repeatTitle', { count: ticket.repeat })}>
          {t('tickets:repeat', { count: ticket.repeat })}
        </span>
      )}
      {ticket.latched && (
        <span
          className={styles.lock}
          role="img"
          aria-label={t('words:thing.latched')}
          title={t('words:thing.latched')}
        >
          {icons.lock}
        </span>
      )}
    </span>
  );
}
