import type { Quarantine } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getAll } from '../api/client.ts';
import { useEstate } from '../live/use-live.ts';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './DevicesPage.module.css';
import { QuarantineRow } from './QuarantineRow.tsx';

/** Messages that could not be read, with their reason and their raw bytes. */
export function QuarantineList() {
  const { t } = useTranslation('gateways');
  const estate = useEstate()?.id;
  const query = useQuery({
    queryKey: ['quarantine', estate],
    queryFn: () => getAll<Quarantine>('/api/quarantine', { estate }, 1000),
    enabled: estate !== undefined,
    refetchInterval: 10_000,
  });
  const rows = query.data ?? [];
  return (
    <section>
      <h2>{t('quarantine.title')}</h2>
      {query.error !== null && (
        <ErrorBand
          error={query.error}
          onRetry={() => void query.refetch()}
          dataFrom={query.dataUpdatedAt}
        />
      )}
      {query.isPending && <Skeleton heights={[64, 64]} />}
      {query.isSuccess && rows.length === 0 && (
        <Empty title={t('quarantine.empty')} why={t('quarantine.why')} />
      )}
      {rows.length > 0 && (
        <div className={styles.some}>
          <p className="muted">
            {t('quarantine.why')}
            {rows.some(({ code }) => code === 'DECODE_UNMAPPED_DEVICE') && (
              <>
                {' '}
                <Link to="/discovery">{t('quarantine.unmapped')}</Link>
              </>
            )}
          </p>
          <Rows
            rows={rows}
            idOf={(row) => row.id}
            render={(row) => <QuarantineRow row={row} />}
            height={72}
          />
        </div>
      )}
    </section>
  );
}
