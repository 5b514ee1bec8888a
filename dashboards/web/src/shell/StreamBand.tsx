import { useTranslation } from 'react-i18next';
import { useLoaded, useStream } from '../live/use-live.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import styles from './StreamBand.module.css';
import { useEstateList } from './use-estate-list.ts';

/** Says in the page itself that it is out of date, or that nothing could be loaded at all. */
export function StreamBand() {
  const { t } = useTranslation('shell');
  const { state, error } = useStream();
  const loaded = useLoaded();
  const estates = useEstateList();
  if (estates.data === undefined && estates.error !== null) {
    return <ErrorBand error={estates.error} onRetry={() => void estates.refetch()} />;
  }
  if (!loaded && error !== null) {
    return <ErrorBand error={error} onRetry={() => window.location.reload()} />;
  }
  if (state !== 'lost') return null;
  return (
    <p className={styles.band} role="status">
      {t('live.explain')}
    </p>
  );
}
