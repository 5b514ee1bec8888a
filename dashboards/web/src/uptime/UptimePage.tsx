import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kpiQuery } from '../api/queries.ts';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useEstate, useZone } from '../live/use-live.ts';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { FigureDrawer } from './FigureDrawer.tsx';
import type { Opened } from './opened.ts';
import styles from './UptimePage.module.css';
import { UptimeTables } from './UptimeTables.tsx';

/** Uptime to defend number by number: worst first, four parts that add to 100 %, each open to its rows. */
export function UptimePage() {
  const { t } = useTranslation('uptime');
  const language = useLanguage();
  const zone = useZone();
  const { days = 7 } = useSearch({ from: '/uptime' });
  const navigate = useNavigate({ from: '/uptime' });
  const kpi = useQuery(kpiQuery(useEstate()?.id, days));
  const [opened, setOpened] = useState<Opened | null>(null);
  const data = kpi.data;
  const choose = (next: '7' | '30') =>
    void navigate({ search: (old) => ({ ...old, days: next === '30' ? 30 : undefined }) });
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <Segmented<'7' | '30'>
          label={t('period.label')}
          value={days === 30 ? '30' : '7'}
          onChange={choose}
          options={[
            { value: '7', label: t('period.7') },
            { value: '30', label: t('period.30') },
          ]}
        />
        {data !== undefined && (
          <span className="muted">
            {t('window', {
              from: formatInstant(data.from, zone, language, data.to),
              to: formatInstant(data.to, zone, language, data.to),
              zone,
            })}
          </span>
        )}
      </header>
      {kpi.error !== null && (
        <ErrorBand
          error={kpi.error}
          onRetry={() => void kpi.refetch()}
          dataFrom={kpi.dataUpdatedAt}
        />
      )}
      {kpi.isPending && <Skeleton heights={[72, 200, 200]} />}
      {data !== undefined && data.assets.length === 0 && (
        <Empty title={t('empty.title')} why={t('empty.why')} />
      )}
      {data !== undefined && data.assets.length > 0 && (
        <UptimeTables kpi={data} onOpen={setOpened} />
      )}
      {data !== undefined && (
        <FigureDrawer
          kpi={data}
          opened={opened}
          onOpen={setOpened}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}
