import type { Ticket } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatClock } from '../../format/duration.ts';
import { formatInstant } from '../../format/instant.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useZone } from '../../live/use-live.ts';
import { useNow } from '../../time/use-now.ts';
import styles from './RowState.module.css';

/** Where a ticket stands; what is mended shows how long it has been clear, what waits shows for what. */
export function RowState({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['ticket-list', 'ticket', 'tickets', 'words']);
  const { state, closed } = ticket;
  return (
    <span className={styles.state} data-state={state}>
      {t(state === 'fixed' ? 'ticket-list:tabs.proving' : `words:ticketState.${state}`)}
      {closed === null && <Beside ticket={ticket} />}
    </span>
  );
}

function Beside({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['ticket-list', 'ticket', 'tickets']);
  const language = useLanguage();
  const zone = useZone();
  const now = useNow();
  const { state, waiting, conditionClear, clearSince, handover } = ticket;
  if (state === 'waiting' && waiting !== null) {
    const until = formatInstant(waiting.until, zone, language, now);
    const reason = t(`ticket:option.${waiting.reason}`);
    return <small>{t('ticket-list:waiting', { reason, time: until })}</small>;
  }
  if (conditionClear) {
    const time = clearSince === null ? null : formatClock(now - clearSince, language);
    return (
      <small data-clear>
        {time === null ? t('tickets:clear') : t('ticket-list:clearFor', { time })}
      </small>
    );
  }
  const heir = handover?.to?.name ?? null;
  return heir === null ? null : <small>{t('ticket-list:handedTo', { name: heir })}</small>;
}
