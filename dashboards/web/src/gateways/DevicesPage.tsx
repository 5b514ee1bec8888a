import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { gatewaysQuery } from '../api/access.ts';
import { problemIn } from '../api/problem.ts';
import { useAssets, useEstate, useLoaded } from '../live/use-live.ts';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './DevicesPage.module.css';
import { GatewayCard } from './GatewayCard.tsx';
import { QuarantineList } from './QuarantineList.tsx';

/** What brings the readings: gateways first, then what they could not read. */
export function DevicesPage() {
  const { t } = useTranslation('gateways');
  const estate = useEstate();
  const gateways = estate?.gateways ?? [];
  const assets = useAssets();
  const loaded = useLoaded();
  const mayLook = useMay('device.look', estate?.id);
  const access = useQuery(gatewaysQuery(mayLook ? estate?.id : undefined));
  const known = access.data ?? [];
  // Enrolled or invited, and not heard of yet: only their access is known.
  const unheard = known.filter(({ id }) => gateways.every((gateway) => gateway.id !== id));
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      <section>
        <h2>{t('gateways')}</h2>
        {/* A service that does not answer at all is named once, below. */}
        {access.error !== null && problemIn(access.error).status !== 0 && (
          <ErrorBand
            error={access.error}
            onRetry={() => void access.refetch()}
            dataFrom={access.dataUpdatedAt}
          />
        )}
        {!loaded && <Skeleton heights={[120]} />}
        <div className={styles.gateways}>
          {gateways.map((gateway) => (
            <GatewayCard
              key={gateway.id}
              id={gateway.id}
              gateway={gateway}
              assets={assets.filter((asset) => asset.gateway === gateway.id).length}
              access={known.find(({ id }) => id === gateway.id)}
            />
          ))}
          {unheard.map((one) => (
            <GatewayCard key={one.id} id={one.id} gateway={null} assets={0} access={one} />
          ))}
        </div>
      </section>
      {mayLook ? (
        <QuarantineList />
      ) : (
        <section>
          <h2>{t('quarantine.title')}</h2>
          <Reason action="device.look" />
        </section>
      )}
    </div>
  );
}
