import type { AuditRow } from '@caretaker/cloud/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { auditQuery } from '../api/access.ts';
import { useZone } from '../live/use-live.ts';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './Audit.module.css';
import { AuditDrawer } from './AuditDrawer.tsx';
import { Entry } from './Entry.tsx';
import { dayStart } from './search.ts';

/** The rows that the filters leave, newest first, more as they are asked for. */
export function AuditRows() {
  const { t } = useTranslation('audit');
  const zone = useZone();
  const { actor, action, object, from, to } = useSearch({ from: '/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const [opened, setOpened] = useState<AuditRow | null>(null);
  const rows = useInfiniteQuery(
    auditQuery({
      actor,
      action,
      object,
      from: from === undefined ? undefined : dayStart(from, zone),
      to: to === undefined ? undefined : dayStart(to, zone, 1),
    }),
  );
  const all = rows.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {rows.error !== null && (
        <ErrorBand
          error={rows.error}
          onRetry={() => void rows.refetch()}
          dataFrom={rows.dataUpdatedAt}
        />
      )}
      {rows.isPending && <Skeleton heights={[56, 56, 56, 56]} />}
      {rows.isSuccess && all.length === 0 && <Empty title={t('empty')} />}
      {all.length > 0 && (
        <Rows
          rows={all}
          idOf={(row) => String(row.number)}
          render={(row) => <Entry row={row} onOpen={() => setOpened(row)} />}
          height={56}
        />
      )}
      {rows.hasNextPage && (
        <div className={styles.more}>
          <Button disabled={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
            {t('older')}
          </Button>
        </div>
      )}
      {opened !== null && (
        <AuditDrawer
          row={opened}
          onClose={() => setOpened(null)}
          onFilter={(filter) => {
            setOpened(null);
            void navigate({ search: (old) => ({ ...old, ...filter }) });
          }}
        />
      )}
    </>
  );
}
