import type { Episode } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { formatNumber } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { StateWord } from '../state/StateWord.tsx';
import { useTicketRef } from '../tickets/use-ticket-ref.ts';
import { useNow } from '../time/use-now.ts';
import { When } from '../ui/When.tsx';
import styles from './EpisodeRow.module.css';
import { useStateWord } from './use-state-word.ts';

/** One episode: why, from when to when, how bad, and its ticket. */
export function EpisodeRow({ episode }: { readonly episode: Episode }) {
  const { t } = useTranslation(['asset', 'words']);
  const say = usePick();
  const language = useLanguage();
  const word = useStateWord();
  const now = useNow();
  const ref = useTicketRef(episode.ticket, episode.subject);
  const mark = episode.effect === 'unknown' ? 'unknown' : episode.severity;
  const { worst } = episode;
  return (
    <div className={styles.row} data-withdrawn={episode.state === 'withdrawn' || undefined}>
      <StateWord mark={mark} />
      <div className={styles.why}>
        <p>{say(episode.why)}</p>
        <p className={styles.small}>
          <span>
            <When at={episode.onset} />
            {' – '}
            {episode.end === null ? t('asset:episodes.open') : <When at={episode.end} />}
          </span>
          {worst !== null && (
            <span>
              {t('words:thing.worst')}{' '}
              {typeof worst === 'number' ? formatNumber(worst, language) : word(String(worst))}
            </span>
          )}
          {episode.history && <span>{t('asset:episodes.history')}</span>}
          {episode.state === 'reported' && <span>{t('asset:episodes.reported')}</span>}
          {episode.reason !== null && (
            <span>{t('asset:episodes.withdrawn', { reason: say(episode.reason) })}</span>
          )}
        </p>
      </div>
      <span className={styles.length}>
        {formatDuration((episode.end ?? now) - episode.onset, language)}
      </span>
      <span className={styles.ticket}>
        {episode.ticket !== null && (
          <Link to="/tickets/$ticket" params={{ ticket: String(episode.ticket) }}>
            {ref}
          </Link>
        )}
      </span>
    </div>
  );
}
