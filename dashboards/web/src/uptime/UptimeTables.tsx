import type { Kpi } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { Rows } from '../ui/Rows.tsx';
import type { Opened } from './opened.ts';
import { UptimeHead } from './UptimeHead.tsx';
import { UptimeRow } from './UptimeRow.tsx';
import styles from './UptimeTables.module.css';

interface Props {
  readonly kpi: Kpi;
  readonly onOpen: (opened: Opened) => void;
}

const worstShown = 5;

/** Worst five first, then the whole, then touchpoints, then every other asset. */
export function UptimeTables({ kpi, onOpen }: Props) {
  const { t } = useTranslation('uptime');
  const say = usePick();
  const asset = (row: Kpi['assets'][number]) => (
    <UptimeRow
      name={say(row.name)}
      time={row.time}
      failures={row.failures}
      onOpen={(part) => onOpen({ kind: 'asset', id: row.asset, part })}
    />
  );
  return (
    <div className={styles.tables}>
      <section>
        <h2>{t('worst')}</h2>
        <UptimeHead />
        <Rows
          rows={kpi.assets.slice(0, worstShown)}
          idOf={(row) => row.asset}
          render={asset}
          height={48}
        />
      </section>
      <section>
        <h2>{t('byTouchpoint')}</h2>
        <UptimeHead />
        <div className={styles.all}>
          <UptimeRow
            name={t('all', { count: kpi.assets.length })}
            time={kpi.all}
            failures={kpi.groups.reduce((sum, group) => sum + group.failures, 0)}
            onOpen={(part) => onOpen({ kind: 'all', part })}
          />
        </div>
        <Rows
          rows={kpi.groups}
          idOf={(row) => row.group}
          height={48}
          render={(row) => (
            <UptimeRow
              name={say(row.name)}
              note={t('assetsOf', { count: row.assets })}
              time={row.time}
              failures={row.failures}
              onOpen={(part) => onOpen({ kind: 'group', id: row.group, part })}
            />
          )}
        />
      </section>
      {kpi.assets.length > worstShown && (
        <section>
          <h2>{t('byAsset')}</h2>
          <UptimeHead />
          <Rows rows={kpi.assets} idOf={(row) => row.asset} render={asset} height={48} />
        </section>
      )}
      <p className={styles.legend}>
        {t('legend')} {t('restated')}
      </p>
    </div>
  );
}
