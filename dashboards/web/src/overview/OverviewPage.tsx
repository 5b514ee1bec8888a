import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLoaded } from '../live/use-live.ts';
import { useKey } from '../shell/keys.ts';
import { remember, remembered } from '../shell/remember.ts';
import { isAbnormal } from '../state/mark.ts';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { CountsLine } from './CountsLine.tsx';
import { FloodBand } from './FloodBand.tsx';
import { byWorst } from './groups.ts';
import styles from './OverviewPage.module.css';
import { TileWall } from './TileWall.tsx';
import { Unwatched } from './Unwatched.tsx';
import { useGroups } from './use-groups.ts';

type Order = 'worst' | 'fixed';

/** Every touchpoint of the estate: what is wrong first, what is right in one line each. */
export function OverviewPage() {
  const { t } = useTranslation('overview');
  const loaded = useLoaded();
  const { groups, unwatched, standard, assets } = useGroups();
  const [order, setOrder] = useState<Order>(remembered('order') === 'fixed' ? 'fixed' : 'worst');
  const choose = useCallback((next: Order) => {
    remember('order', next);
    setOrder(next);
  }, []);
  useKey(
    'o',
    useCallback(() => choose(order === 'worst' ? 'fixed' : 'worst'), [choose, order]),
  );
  const wanted = useMemo(
    () => (order === 'worst' ? groups.toSorted(byWorst) : groups),
    [groups, order],
  );
  if (!loaded) return <Skeleton grid heights={[150, 150, 150, 150, 150, 150]} />;
  const abnormal = wanted.filter((group) => isAbnormal(group.mark)).length;
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <CountsLine assets={assets} />
        <Segmented
          label={t('order.label')}
          value={order}
          onChange={choose}
          options={[
            { value: 'worst', label: t('order.worst') },
            { value: 'fixed', label: t('order.fixed') },
          ]}
        />
      </header>
      {standard.error !== null && (
        <ErrorBand error={standard.error} onRetry={() => void standard.refetch()} />
      )}
      <FloodBand />
      {assets.length === 0 && <Empty title={t('empty.title')} why={t('empty.why')} />}
      <TileWall groups={wanted} okApart={order === 'worst' && abnormal < wanted.length} />
      <Unwatched groups={unwatched} />
    </>
  );
}
