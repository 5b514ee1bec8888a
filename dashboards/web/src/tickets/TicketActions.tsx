import type { Ticket } from '@caretaker/cloud/contract';
import type { TicketCommandType } from '@caretaker/cloud/contract/ticket-states';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Reason } from '../session/Reason.tsx';
import { icons } from '../shell/icons.tsx';
import { Button } from '../ui/Button.tsx';
import { FilePicker } from './files/FilePicker.tsx';
import type { Uploads } from './files/use-uploads.ts';
import { type FormType, hasForm } from './forms.ts';
import { MoreSheet } from './MoreSheet.tsx';
import { isOffered, isPlain, nextOf, type Viewer } from './plan.ts';
import styles from './TicketActions.module.css';
import { acts } from './use-acts.ts';
import { useTicketKeys } from './use-ticket-keys.ts';
import { useViewer } from './use-viewer.ts';

const ActDialog = lazy(async () => ({
  default: (await import('./form/ActDialog.tsx')).ActDialog,
}));

interface Props {
  /** With what is on its way already shown. */
  readonly ticket: Ticket;
  /** As the service last said it. */
  readonly seen: Ticket;
  /** What the sensor says of the fix. */
  readonly sensor: Viewer['sensor'];
  readonly uploads: Uploads;
}

/** One primary action; on the phone at the bottom right, under the thumb. */
export function TicketActions({ ticket, seen, sensor, uploads }: Props) {
  const { t } = useTranslation(['tickets', 'ticket']);
  const [form, setForm] = useState<FormType | 'more' | null>(null);
  const viewer = useViewer(ticket.estate, sensor);
  const next = nextOf(ticket, viewer);
  const choose = useCallback(
    (command: TicketCommandType | 'more') => {
      if (command === 'more') return setForm('more');
      if (!isOffered(command, ticket, viewer)) return;
      if (isPlain(command)) {
        setForm(null);
        acts.later(seen, { type: command });
      } else if (hasForm(command)) setForm(command);
    },
    [ticket, seen, viewer],
  );
  useTicketKeys(ticket, next, choose);
  const done = useCallback(() => setForm(null), []);
  return (
    <div className={styles.actions}>
      <button
        type="button"
        className={styles.icon}
        disabled={!viewer.acts}
        onClick={() => setForm('more')}
      >
        {icons.more}
        <span>{t('ticket:more')}</span>
      </button>
      <Button className={styles.desk ?? ''} disabled={!viewer.acts} onClick={() => setForm('note')}>
        {t('tickets:act.note')}
      </Button>
      <FilePicker
        className={styles.icon ?? ''}
        disabled={!viewer.acts}
        onFiles={(files) => uploads.add(files, kindFor(ticket.state))}
      >
        {icons.camera}
        <span>{t('ticket:files.take')}</span>
      </FilePicker>
      {isOffered('arrive', ticket, viewer) && next !== 'arrive' && (
        <button type="button" className={styles.scan} onClick={() => setForm('arrive')}>
          {icons.scan}
          <span>{t('ticket:scan.title')}</span>
        </button>
      )}
      {next !== null && (
        <Button
          look="primary"
          className={styles.next ?? ''}
          disabled={!isOffered(next, ticket, viewer)}
          onClick={() => choose(next)}
        >
          {t(`tickets:act.${next}`)}
        </Button>
      )}
      {!viewer.acts && <Reason action="ticket.act" />}
      {form === 'more' && (
        <MoreSheet ticket={ticket} viewer={viewer} onChoose={choose} onClose={done} />
      )}
      {form !== null && form !== 'more' && (
        <Suspense>
          <ActDialog key={form} type={form} ticket={seen} onClose={done} />
        </Suspense>
      )}
    </div>
  );
}

/** What a photo taken now most likely shows. */
function kindFor(state: Ticket['state']) {
  if (state === 'working' || state === 'fixed' || state === 'verified') return 'after';
  return state === 'on-site' ? 'before' : 'evidence';
}
