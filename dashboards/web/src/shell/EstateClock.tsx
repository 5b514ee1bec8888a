import { useTranslation } from 'react-i18next';
import { formatSeconds } from '../format/instant.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import styles from './EstateClock.module.css';

/** The time at the estate, by the server's clock. */
export function EstateClock() {
  const { t } = useTranslation('shell');
  const zone = useZone();
  const now = useNow();
  return (
    <time className={styles.clock} title={t('zone', { zone })}>
      {formatSeconds(now, zone)}
    </time>
  );
}
