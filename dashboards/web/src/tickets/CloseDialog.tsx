import type { Ticket } from '@caretaker/cloud/contract';
import { Modal } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { acts } from './use-acts.ts';

interface Props {
  readonly ticket: Ticket;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Closing asks for a fact, what was done, and is sent at once; on a conflict the text stays. */
export function CloseDialog({ ticket, opened, onClose }: Props) {
  const { t } = useTranslation(['tickets', 'shell']);
  const id = useId();
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget).get('note') ?? '').trim();
    setMissing(note === '');
    if (note === '') return;
    setBusy(true);
    const outcome = await acts.now(ticket, { type: 'cancel', note });
    setBusy(false);
    if (outcome === 'done') onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('tickets:closeForm.title', { ref: ticket.ref })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form className={form.form} onSubmit={(event) => void submit(event)} noValidate>
        {!ticket.conditionClear && <p>{t('tickets:closeForm.stands')}</p>}
        <label htmlFor={id}>{t('tickets:closeForm.label')}</label>
        <textarea
          id={id}
          name="note"
          data-autofocus
          required
          maxLength={4000}
          rows={4}
          className={form.field}
          aria-invalid={missing}
          aria-describedby={`${id}-hint`}
        />
        <p id={`${id}-hint`} className={missing ? form.wrong : form.hint}>
          {t(missing ? 'tickets:closeForm.missing' : 'tickets:closeForm.hint')}
        </p>
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {t('tickets:closeForm.go')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
