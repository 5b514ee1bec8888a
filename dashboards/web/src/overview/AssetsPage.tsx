import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssets, useLoaded } from '../live/use-live.ts';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';
import form from '../ui/Form.module.css';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AssetCounts } from './AssetCounts.tsx';
import { AssetRows } from './AssetRows.tsx';
import styles from './AssetsPage.module.css';
import { matches } from './find.ts';

/** Every asset, worst first, found by name, place or kind. */
export function AssetsPage() {
  const { t } = useTranslation('overview');
  const assets = useAssets();
  const loaded = useLoaded();
  const navigate = useNavigate({ from: '/assets' });
  const { find = '' } = useSearch({ from: '/assets' });
  const text = useDeferredValue(find);
  const found = useMemo(() => assets.filter((asset) => matches(asset, text)), [assets, text]);
  const search = (value: string) =>
    void navigate({
      search: (old) => ({ ...old, find: value === '' ? undefined : value }),
      replace: true,
    });
  return (
    <>
      <header className={styles.head}>
        <h1>{t('assetsTitle')}</h1>
        <AssetCounts assets={found} />
        <input
          type="search"
          className={`${form.field} ${styles.find}`}
          aria-label={t('filter.label')}
          placeholder={t('filter.placeholder')}
          value={find}
          onChange={(event) => search(event.currentTarget.value)}
        />
      </header>
      {!loaded && <Skeleton heights={[48, 48, 48, 48, 48, 48]} />}
      {loaded && assets.length === 0 && <Empty title={t('empty.title')} why={t('empty.why')} />}
      {assets.length > 0 && found.length === 0 && (
        <Empty title={t('filter.none', { text })}>
          <Button onClick={() => search('')}>{t('filter.clear')}</Button>
        </Empty>
      )}
      {found.length > 0 && <AssetRows assets={found} />}
    </>
  );
}
