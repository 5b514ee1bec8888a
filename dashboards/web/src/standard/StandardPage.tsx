import type { Standard, StandardItem } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { standardQuery } from '../api/queries.ts';
import { usePick } from '../i18n/use-language.ts';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Item } from './Item.tsx';
import styles from './StandardPage.module.css';

/** What "good" means here: every item and its rules, each in one sentence with its source. */
export function StandardPage() {
  const { t } = useTranslation('standard');
  const standard = useQuery(standardQuery);
  const data = standard.data;
  const rules = data?.items.reduce((sum, item) => sum + item.rules.length, 0) ?? 0;
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        {data !== undefined && (
          <span className="muted">
            {t('version', { version: data.version })} ·{' '}
            {t('counts', { items: data.items.length, rules })}
          </span>
        )}
      </header>
      {standard.error !== null && (
        <ErrorBand
          error={standard.error}
          onRetry={() => void standard.refetch()}
          dataFrom={standard.dataUpdatedAt}
        />
      )}
      {standard.isPending && <Skeleton heights={[120, 120, 120]} />}
      {data !== undefined && data.items.length === 0 && <Empty title={t('empty')} />}
      {data !== undefined && <Groups standard={data} />}
    </>
  );
}

function Groups({ standard }: { readonly standard: Standard }) {
  const say = usePick();
  const byGroup = Map.groupBy(standard.items, (item) => item.group);
  return standard.groups.map((group) => {
    const items: StandardItem[] = byGroup.get(group.id) ?? [];
    if (items.length === 0) return null;
    return (
      <section key={group.id} className={styles.group}>
        <h2>
          {group.number} {say(group.name)}
        </h2>
        <ul className={styles.items}>
          {items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      </section>
    );
  });
}
