import type { AssetDetail } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';
import { episodesQuery } from '../api/queries.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AssetHead } from './AssetHead.tsx';
import styles from './AssetPage.module.css';
import { Charts } from './Charts.tsx';
import { Conditions } from './Conditions.tsx';
import { Episodes } from './Episodes.tsx';
import { NotWatched } from './NotWatched.tsx';

/** One asset: its state and why, its readings against their limits, its rules and its episodes. */
export function AssetPage() {
  const { t } = useTranslation('asset');
  const { estate, asset } = useParams({ from: '/assets/$estate/$asset' });
  const id = `${estate}/${asset}`;
  const path = `/api/assets/${encodeURIComponent(estate)}/${encodeURIComponent(asset)}`;
  const detail = useQuery({
    queryKey: ['asset', id],
    queryFn: ({ signal }) => get<AssetDetail>(path, {}, signal),
    refetchInterval: 15_000,
  });
  const episodes = useQuery(episodesQuery(id));
  if (detail.error instanceof ProblemError && detail.error.problem.status === 404) {
    return (
      <>
        <BackLink to="/assets">{t('toAssets')}</BackLink>
        <Empty title={t('notFound')} />
      </>
    );
  }
  return (
    <>
      {detail.error !== null && (
        <ErrorBand
          error={detail.error}
          onRetry={() => void detail.refetch()}
          dataFrom={detail.dataUpdatedAt}
        />
      )}
      {detail.isPending && <Skeleton heights={[24, 56, 300, 120]} />}
      {detail.data !== undefined && (
        <div className={styles.page}>
          <AssetHead asset={detail.data} />
          <Charts asset={detail.data} episodes={episodes.data ?? []} />
          <div className={styles.beside}>
            <Conditions asset={detail.data} />
            <NotWatched asset={detail.data} />
          </div>
          <Episodes query={episodes} />
        </div>
      )}
    </>
  );
}
