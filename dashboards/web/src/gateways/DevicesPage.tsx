import { useTranslation } from 'react-i18next';
import { useAssets, useEstate, useLoaded } from '../live/use-live.ts';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './DevicesPage.module.css';
import { GatewayCard } from './GatewayCard.tsx';
import { QuarantineList } from './QuarantineList.tsx';

/** What brings the readings: gateways first, then what they could not read. */
export function DevicesPage() {
  const { t } = useTranslation('gateways');
  const gateways = useEstate()?.gateways ?? [];
  const assets = useAssets();
  const loaded = useLoaded();
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      <section>
        <h2>{t('gateways')}</h2>
        {!loaded && <Skeleton heights={[120]} />}
        <div className={styles.gateways}>
          {gateways.map((gateway) => (
            <GatewayCard
              key={gateway.id}
              gateway={gateway}
              assets={assets.filter((asset) => asset.gateway === gateway.id).length}
            />
          ))}
        </div>
      </section>
      <QuarantineList />
    </div>
  );
}
