import type { Discovery } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getAll } from '../api/client.ts';
import { useEstate } from '../live/use-live.ts';
import { NoPermission } from '../session/NoPermission.tsx';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './Discovery.module.css';
import { DiscoveryRow } from './DiscoveryRow.tsx';
import { TakeIn } from './TakeIn.tsx';

const route = getRouteApi('/discovery');

/** Devices that talk to the gateways of the estate and that no mapping names. */
export function DiscoveryPage() {
  const { t } = useTranslation('discovery');
  const estate = useEstate();
  const mayLook = useMay('device.look', estate?.id);
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      {mayLook || estate === undefined ? (
        <Found estate={estate?.id} />
      ) : (
        <NoPermission action="device.look" />
      )}
    </div>
  );
}

function Found({ estate }: { readonly estate: string | undefined }) {
  const { t } = useTranslation('discovery');
  const { show: state = 'waiting' } = route.useSearch();
  const navigate = route.useNavigate();
  const mayChange = useMay('estate.change', estate);
  const [taking, setTaking] = useState<Discovery | null>(null);
  const query = useQuery({
    queryKey: ['discovery', estate, state],
    queryFn: () => getAll<Discovery>('/api/discovery', { estate, state }, 2000),
    enabled: estate !== undefined,
    refetchInterval: 5_000,
  });
  const rows = query.data ?? [];
  return (
    <>
      <p className="muted">{t('why')}</p>
      <Segmented
        label={t('show')}
        value={state}
        options={(['waiting', 'confirmed', 'ignored'] as const).map((value) => ({
          value,
          label: t(`state.${value}`),
        }))}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, show: value === 'waiting' ? undefined : value }),
          })
        }
      />
      {query.error !== null && (
        <ErrorBand
          error={query.error}
          onRetry={() => void query.refetch()}
          dataFrom={query.dataUpdatedAt}
        />
      )}
      {query.isPending && <Skeleton heights={[96, 96]} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty title={t(`empty.${state}`)} why={t('emptyWhy')} />
      )}
      {!mayChange && rows.length > 0 && <Reason action="estate.change" />}
      {rows.length > 0 && (
        <Rows
          rows={rows}
          idOf={(row) => row.id}
          render={(row) => (
            <DiscoveryRow row={row} mayChange={mayChange} onTake={() => setTaking(row)} />
          )}
          height={120}
        />
      )}
      {taking !== null && <TakeIn key={taking.id} found={taking} onClose={() => setTaking(null)} />}
    </>
  );
}
