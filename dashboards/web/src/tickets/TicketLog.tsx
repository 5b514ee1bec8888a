import type { TicketDetail, TicketEvent } from '@caretaker/cloud/contract';
import { ticketEntries } from '@caretaker/cloud/contract/ticket-states';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { When } from '../ui/When.tsx';
import type { Act } from './acts.ts';
import styles from './TicketLog.module.css';
import { useActs } from './use-acts.ts';
import { useEntryLines } from './use-entry-lines.ts';

/** Everything that happened, newest first: people and engine in one line of time. */
export function TicketLog({ detail }: { readonly detail: TicketDetail }) {
  const { t } = useTranslation('tickets');
  const events = detail.events.toSorted((a, b) => b.sequence - a.sequence);
  const waiting = useActs().filter(
    (act) => act.seen.id === detail.id && (act.phase === 'waiting' || act.phase === 'sending'),
  );
  return (
    <section>
      <h2>{t('log.title')}</h2>
      <ol className={styles.log} aria-live="polite">
        {waiting.map((act) => (
          <Waiting key={act.key} act={act} />
        ))}
        {events.map((event) => (
          <Event key={event.sequence} event={event} />
        ))}
      </ol>
    </section>
  );
}

const ofGateway = 'gateway:';

function Event({ event }: { readonly event: TicketEvent }) {
  const { t } = useTranslation('tickets');
  const say = usePick();
  const linesOf = useEntryLines();
  const gateway = event.by.startsWith(ofGateway) ? event.by.slice(ofGateway.length) : null;
  const person = event.by !== 'engine' && gateway === null;
  const machine = gateway === null ? t('log.engine') : t('log.gateway', { id: gateway });
  const by = person ? event.by : machine;
  return (
    <li
      data-person={person || undefined}
      data-failed={event.acted?.ok === false || undefined}
      data-denied={grave.has(event.type) || undefined}
    >
      <p>
        <strong>{t(event.acted?.ok === false ? 'log.gateway-failed' : `log.${event.type}`)}</strong>
        <span className={styles.by}>{by}</span>
      </p>
      {event.standing && <p>{t('log.standing')}</p>}
      {event.reason !== null && <p className={styles.note}>{say(event.reason)}</p>}
      {linesOf(event).map((line) => (
        <p key={line} className={styles.note}>
          {line}
        </p>
      ))}
      {event.note !== null && <p className={styles.note}>{event.note}</p>}
      <p className={styles.time}>
        {event.acted === null ? (
          <When at={event.at} />
        ) : (
          <>
            <When at={event.acted.at} /> {t('log.gatewayClock')} · {t('log.told')}{' '}
            <When at={event.at} />
          </>
        )}
      </p>
    </li>
  );
}

/** Entries that say that something went wrong, marked apart from the rest. */
const grave: ReadonlySet<TicketEvent['type']> = new Set(['denied', 'clock-missed', 'reopened']);

function Waiting({ act }: { readonly act: Act }) {
  const { t } = useTranslation('tickets');
  const note = 'note' in act.wish ? act.wish.note : undefined;
  return (
    <li data-waiting>
      <p>
        <strong>{t(`log.${ticketEntries[act.wish.type]}`)}</strong>
        <span className={styles.by}>{act.by}</span>
      </p>
      {note !== undefined && <p className={styles.note}>{note}</p>}
      <p className={styles.time}>{t('log.unsent')}</p>
    </li>
  );
}
