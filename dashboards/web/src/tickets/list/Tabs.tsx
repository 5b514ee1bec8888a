import type { TicketCounts } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { Segmented } from '../../ui/Segmented.tsx';
import { type Tab, tabs } from './search.ts';
import styles from './Tabs.module.css';

interface Props {
  readonly tab: Tab;
  readonly counts: TicketCounts | undefined;
  readonly onTab: (tab: Tab) => void;
}

/** Whose turn it is: a strip with what stands behind each part of it. */
export function Tabs({ tab, counts, onTab }: Props) {
  const { t } = useTranslation('ticket-list');
  return (
    <div className={styles.strip}>
      <Segmented<Tab>
        label={t('tabs.label')}
        value={tab}
        onChange={onTab}
        options={tabs.map((value) => {
          const count = value === 'all' || counts === undefined ? undefined : counts[value];
          const label = t(`tabs.${value}`);
          if (count === undefined) return { value, label };
          return { value, label, count: counts?.more ? t('more', { count }) : count };
        })}
      />
    </div>
  );
}
