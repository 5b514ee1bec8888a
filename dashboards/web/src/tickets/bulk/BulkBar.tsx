import type { Ticket } from '@caretaker/cloud/contract';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKey } from '../../shell/keys.ts';
import { Button } from '../../ui/Button.tsx';
import type { Viewer } from '../plan.ts';
import { isOffered } from '../plan.ts';
import styles from './Bulk.module.css';
import { BulkDialog } from './BulkDialog.tsx';
import type { Selection } from './use-selection.ts';

interface Props {
  readonly selection: Selection;
  readonly viewer: Viewer;
}

type Bulk = 'acknowledge' | 'dispatch';

/** What can be done with all that is selected, out of the way of the list. */
export function BulkBar({ selection, viewer }: Props) {
  const { t } = useTranslation(['ticket-list', 'tickets']);
  const [open, setOpen] = useState<{ type: Bulk; tickets: readonly Ticket[] } | null>(null);
  const { tickets, set } = selection;
  const fitting = (type: Bulk) => tickets.filter((ticket) => isOffered(type, ticket, viewer));
  const begin = (type: Bulk) => {
    const able = fitting(type);
    if (able.length > 0) setOpen({ type, tickets: able });
  };
  useKey('a', () => begin('acknowledge'));
  useKey('i', () => begin('dispatch'));
  useKey(
    'Escape',
    useCallback(() => set([]), [set]),
  );
  return (
    <>
      {tickets.length > 0 && (
        <section className={styles.bar} aria-label={t('ticket-list:bulk.label')}>
          <strong role="status">{t('ticket-list:bulk.selected', { count: tickets.length })}</strong>
          {(['acknowledge', 'dispatch'] as const).map((type) => {
            const count = fitting(type).length;
            if (type === 'dispatch' && !viewer.directs) return null;
            return (
              <Button key={type} disabled={count === 0} onClick={() => begin(type)}>
                {t(`tickets:act.${type}`)} {count > 0 && count < tickets.length && `(${count})`}
                <kbd>{type === 'acknowledge' ? 'a' : 'i'}</kbd>
              </Button>
            );
          })}
          <Button look="quiet" onClick={() => set([])}>
            {t('ticket-list:bulk.clear')}
          </Button>
        </section>
      )}
      {open !== null && (
        <BulkDialog
          type={open.type}
          tickets={open.tickets}
          onDone={set}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
