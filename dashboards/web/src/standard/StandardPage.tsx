import type { Standard } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { standardQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import form from '../ui/Form.module.css';
import { Segmented } from '../ui/Segmented.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { When } from '../ui/When.tsx';
import { Changes } from './Changes.tsx';
import { checks, countChecks, itemsWith, sectionsOf } from './find.ts';
import { Group } from './Group.tsx';
import { Refused } from './Refused.tsx';
import styles from './StandardPage.module.css';

/** What "good" means here: every item and its rules, each in one sentence with its source. */
export function StandardPage() {
  const { t } = useTranslation('standard');
  const standard = useQuery(standardQuery);
  const data = standard.data;
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        {data !== undefined && <Counts standard={data} />}
      </header>
      {standard.error !== null && (
        <ErrorBand
          error={standard.error}
          onRetry={() => void standard.refetch()}
          dataFrom={standard.dataUpdatedAt}
        />
      )}
      {data !== undefined && data.refused !== null && (
        <Refused refused={data.refused} version={data.version} />
      )}
      {data !== undefined && <Changes />}
      {standard.isPending && <Skeleton heights={[48, 48, 48, 48, 48, 48]} />}
      {data !== undefined && data.items.length === 0 && <Empty title={t('empty')} />}
      {data !== undefined && data.items.length > 0 && <Items standard={data} />}
    </>
  );
}

function Counts({ standard }: { readonly standard: Standard }) {
  const { t } = useTranslation('standard');
  const ours = standard.items.filter((item) => item.origin === 'ours').length;
  const rules = standard.items.reduce((sum, item) => sum + item.rules.length, 0);
  return (
    <span className="muted">
      {t('counts', { items: standard.items.length - ours, ours, rules })} ·{' '}
      {t('version', { version: standard.version })} <When at={standard.effective} />
    </span>
  );
}

/** Groups closed at first: 21 lines are an overview, all items are not. Whoever looks for something sees it. */
function Items({ standard }: { readonly standard: Standard }) {
  const { t } = useTranslation('standard');
  const navigate = useNavigate({ from: '/standard' });
  const { find = '', check } = useSearch({ from: '/standard' });
  const text = useDeferredValue(find);
  const named = useMemo(() => itemsWith(standard, text), [standard, text]);
  const counts = useMemo(() => countChecks(named), [named]);
  const sections = useMemo(
    () =>
      sectionsOf(standard, check === undefined ? named : named.filter((x) => x.check === check)),
    [standard, named, check],
  );
  const search = (wanted: { find?: string | undefined; check?: typeof check }) =>
    void navigate({ search: (old) => ({ ...old, ...wanted }), replace: true });
  return (
    <>
      <div className={styles.tools}>
        <div className={styles.checks}>
          <Segmented
            label={t('show')}
            value={check ?? 'all'}
            onChange={(next) => search({ check: next === 'all' ? undefined : next })}
            options={(['all', ...checks] as const).map((value) => ({
              value,
              label: t(`checks.${value}`),
              count: counts[value],
            }))}
          />
        </div>
        <input
          type="search"
          className={`${form.field} ${styles.find}`}
          aria-label={t('find.label')}
          placeholder={t('find.label')}
          value={find}
          onChange={(event) => search({ find: event.currentTarget.value || undefined })}
        />
      </div>
      {sections.length === 0 && (
        <Empty title={t('find.none')}>
          <Button onClick={() => search({ find: undefined, check: undefined })}>
            {t('find.clear')}
          </Button>
        </Empty>
      )}
      {sections.map((section) => (
        <Group key={section.group.id} section={section} open={text !== ''} />
      ))}
    </>
  );
}
