import type { Ticket, TicketClock } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import { When } from '../ui/When.tsx';
import styles from './Clocks.module.css';
import { byClock, shareAt } from './clock-time.ts';

interface Props {
  readonly ticket: Ticket;
  readonly clocks: readonly TicketClock[];
  /** When the service said it. */
  readonly heard: number;
}

/** By when what was promised, how much of the time is used up, and what was kept. */
export function Clocks({ ticket, clocks, heard }: Props) {
  const { t } = useTranslation('ticket');
  const told = clocks.filter(({ state }) => state !== 'void').toSorted(byClock);
  if (told.length === 0) return null;
  return (
    <section>
      <h2>{t('clocks.title')}</h2>
      <ul className={styles.clocks}>
        {told.map((clock) => (
          <li key={`${clock.clock} ${clock.round}`} data-state={clock.state}>
            <Clock clock={clock} ticket={ticket} heard={heard} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ClockProps {
  readonly clock: TicketClock;
  readonly ticket: Ticket;
  readonly heard: number;
}

function Clock({ clock, ticket, heard }: ClockProps) {
  const { t } = useTranslation('ticket');
  const now = useNow();
  const { state } = clock;
  const share = shareAt(clock, heard, now);
  const live = state === 'running' || state === 'paused';
  const name = t(`clockName.${clock.clock}`);
  return (
    <>
      <div className={styles.line}>
        <span className={styles.name}>
          {name}
          {clock.round > 1 && <span className="muted"> {clock.round}</span>}
        </span>
        <span className={styles.mark} data-late={state === 'missed' || share >= 1 || undefined}>
          <Outcome clock={clock} />
        </span>
      </div>
      {live && (
        <progress
          className={styles.bar}
          data-share={share >= 1 ? 'over' : share >= 0.8 ? 'short' : undefined}
          value={Math.min(1, share)}
          max={1}
          aria-label={name}
        />
      )}
      {live && (
        <p className={styles.due}>
          {t('clocks.dueAt')} <When at={clock.due} />
        </p>
      )}
      {state === 'paused' && (
        <p className={styles.due}>
          {t('clocks.paused', {
            why:
              ticket.waiting === null
                ? t('clocks.pausedNote')
                : t(`option.${ticket.waiting.reason}`),
          })}
        </p>
      )}
    </>
  );
}

/** Left, late, kept or not, in words: no bar says it alone. */
function Outcome({ clock }: { readonly clock: TicketClock }) {
  const { t } = useTranslation('ticket');
  const language = useLanguage();
  const now = useNow();
  const time = (ms: number) => formatDuration(ms, language);
  switch (clock.state) {
    case 'met':
      return `✓ ${t('clocks.metIn', { time: time(clock.counted) })}`;
    case 'missed':
      return clock.stopped === null
        ? t('clocks.late', { time: time(now - clock.due) })
        : t('clocks.missedBy', { time: time(clock.over) });
    case 'paused':
      return t('clockState.paused');
    default:
      return clock.due > now
        ? t('clocks.left', { time: time(clock.due - now) })
        : t('clocks.late', { time: time(now - clock.due) });
  }
}
