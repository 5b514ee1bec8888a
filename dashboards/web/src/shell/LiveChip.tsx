import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useStream } from '../live/use-live.ts';
import styles from './LiveChip.module.css';

/** Whether the page is live. A stopped stream is said within 5 s. */
export function LiveChip() {
  const { t } = useTranslation('shell');
  const language = useLanguage();
  const { state, silentFor } = useStream();
  const duration = formatDuration(silentFor, language);
  return (
    <span className={styles.chip} data-state={state}>
      <span className={styles.mark} aria-hidden="true" />
      {state === 'connecting' && t('live.connecting')}
      {state === 'live' && t('live.on')}
      {state === 'lost' && t('live.lost', { duration })}
    </span>
  );
}
