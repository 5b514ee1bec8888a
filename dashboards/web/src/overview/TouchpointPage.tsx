import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useLoaded } from '../live/use-live.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AssetCounts } from './AssetCounts.tsx';
import { AssetRows } from './AssetRows.tsx';
import styles from './TouchpointPage.module.css';
import { useGroups } from './use-groups.ts';

/** The assets of one touchpoint, worst first. */
export function TouchpointPage() {
  const { t } = useTranslation('overview');
  const say = usePick();
  const { group: id } = useParams({ from: '/touchpoints/$group' });
  const { groups, unwatched } = useGroups();
  const loaded = useLoaded();
  const group = groups.find((one) => one.id === id);
  const name = group?.name ?? unwatched.find((one) => one.id === id)?.name;
  const number = group !== undefined && group.number < 99 ? `${group.number} ` : '';
  return (
    <>
      <BackLink to="/">{t('group.up')}</BackLink>
      <header className={styles.head}>
        <h1>
          {number}
          {name === undefined ? id : say(name)}
        </h1>
        {group !== undefined && <AssetCounts assets={group.assets} />}
      </header>
      {!loaded && <Skeleton heights={[48, 48, 48, 48]} />}
      {loaded && group === undefined && <Empty title={t('group.empty')} />}
      {group !== undefined && <AssetRows assets={group.assets} />}
    </>
  );
}
