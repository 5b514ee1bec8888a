import type { Ticket } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatClock } from '../../format/duration.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useNow } from '../../time/use-now.ts';
import { shareNow } from './merge.ts';
import styles from './RowClock.module.css';

interface Props {
  readonly clock: Ticket['clock'];
  /** When the service said how much of its time is used up. */
  readonly heard: number;
}

/** The clock that runs out first: what it is for, how long is left, and a bar beside the words. */
export function RowClock({ clock, heard }: Props) {
  const { t } = useTranslation(['ticket-list', 'ticket']);
  const language = useLanguage();
  const now = useNow();
  if (clock === null) return <span className={styles.clock} />;
  const name = t(`ticket:clockName.${clock.name}`);
  const late = clock.due <= now;
  const time = formatClock(Math.abs(clock.due - now), language);
  const share = shareNow(clock, heard, now);
  return (
    <span className={styles.clock} data-late={late || undefined}>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>{' '}
        <span className={styles.time}>{late ? t('ticket-list:clock.late', { time }) : time}</span>
      </span>
      {share !== null && (
        <span className={styles.bar} aria-hidden="true">
          <span
            data-share={share >= 1 ? 'over' : share >= 0.8 ? 'short' : undefined}
            style={{ width: `${Math.max(2, Math.min(1, share) * 100)}%` }}
          />
        </span>
      )}
    </span>
  );
}
