import type { Ticket } from '@caretaker/cloud/contract';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { useKey } from '../shell/keys.ts';
import { Button } from '../ui/Button.tsx';
import { CloseDialog } from './CloseDialog.tsx';
import { NoteDialog } from './NoteDialog.tsx';
import { isOpen } from './order.ts';
import styles from './TicketActions.module.css';
import { acknowledge } from './use-acts.ts';

interface Props {
  /** With what is on its way already shown. */
  readonly ticket: Ticket;
  /** As the service last said it. */
  readonly seen: Ticket;
}

/** One primary action; on the phone at the bottom right, under the thumb. */
export function TicketActions({ ticket, seen }: Props) {
  const { t } = useTranslation('tickets');
  const [form, setForm] = useState<'note' | 'close' | null>(null);
  const may = useMay('ticket.act', ticket.estate);
  const mayEnd = useMay('ticket.direct', ticket.estate);
  const fresh = ticket.state === 'new';
  const open = isOpen(ticket);
  const take = useCallback(() => {
    if (may && fresh) acknowledge(seen);
  }, [may, fresh, seen]);
  useKey('a', take);
  useKey(
    'n',
    useCallback(() => {
      if (may) setForm('note');
    }, [may]),
  );
  useKey(
    'c',
    useCallback(() => {
      if (mayEnd && open) setForm('close');
    }, [mayEnd, open]),
  );
  const done = useCallback(() => setForm(null), []);
  return (
    <div className={styles.actions}>
      <Button disabled={!may} onClick={() => setForm('note')}>
        {t('act.note')}
      </Button>
      {fresh && (
        <Button disabled={!mayEnd} onClick={() => setForm('close')}>
          {t('act.close')}
        </Button>
      )}
      {fresh && (
        <Button look="primary" disabled={!may} onClick={take}>
          {t('act.acknowledge')}
        </Button>
      )}
      {open && !fresh && (
        <Button look="primary" disabled={!mayEnd} onClick={() => setForm('close')}>
          {t('act.close')}
        </Button>
      )}
      {!may && <Reason action="ticket.act" />}
      {may && !mayEnd && open && <Reason action="ticket.direct" />}
      <NoteDialog ticket={seen} opened={form === 'note'} onClose={done} />
      <CloseDialog ticket={seen} opened={form === 'close'} onClose={done} />
    </div>
  );
}
