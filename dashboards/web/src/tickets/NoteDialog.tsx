import type { Ticket } from '@caretaker/cloud/contract';
import { Modal } from '@mantine/core';
import { type FormEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { acts } from './use-acts.ts';

interface Props {
  readonly ticket: Ticket;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A note for those who come later; can be taken back for 5 s. */
export function NoteDialog({ ticket, opened, onClose }: Props) {
  const { t } = useTranslation(['tickets', 'shell']);
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget).get('note') ?? '').trim();
    if (note === '') return;
    onClose();
    acts.later(ticket, { type: 'note', note });
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('tickets:noteForm.title', { ref: ticket.ref })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form className={form.form} onSubmit={submit}>
        <label htmlFor={id}>{t('tickets:noteForm.label')}</label>
        <textarea
          id={id}
          name="note"
          data-autofocus
          required
          maxLength={4000}
          rows={4}
          className={form.field}
        />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit">
            {t('tickets:noteForm.go')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
