import type { Episode } from '@caretaker/cloud/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { EpisodeRow } from './EpisodeRow.tsx';
import styles from './Episodes.module.css';

/** The continuous breaches of this asset, newest first. */
export function Episodes({ query }: { readonly query: UseQueryResult<Episode[]> }) {
  const { t } = useTranslation('asset');
  const episodes = query.data ?? [];
  return (
    <section>
      <h2 className={styles.title}>{t('episodes.title')}</h2>
      {query.error !== null && (
        <ErrorBand
          error={query.error}
          onRetry={() => void query.refetch()}
          dataFrom={query.dataUpdatedAt}
        />
      )}
      {query.isPending && <Skeleton heights={[48, 48]} />}
      {query.isSuccess && episodes.length === 0 && <p className="muted">{t('episodes.none')}</p>}
      {episodes.length > 0 && (
        <Rows
          rows={episodes}
          idOf={(episode) => String(episode.id)}
          render={(episode) => <EpisodeRow episode={episode} />}
          height={60}
        />
      )}
    </section>
  );
}
