import { Modal } from '@mantine/core';
import { type FormEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { answer, usePerson, useQuestion } from './use-person.ts';

/** Asked once, before the first act; accounts will take its place. */
export function PersonDialog() {
  const { t } = useTranslation('shell');
  const id = useId();
  const open = useQuestion();
  const { name } = usePerson();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (given !== '') answer(given);
  };
  return (
    <Modal
      opened={open}
      onClose={() => answer(null)}
      title={t('person.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={submit} className={form.form}>
        <p className="muted">{t('person.why')}</p>
        <label htmlFor={id}>{t('person.label')}</label>
        <input
          id={id}
          name="name"
          data-autofocus
          required
          maxLength={80}
          autoComplete="name"
          defaultValue={name ?? ''}
          className={form.field}
        />
        <div className={form.actions}>
          <Button onClick={() => answer(null)}>{t('cancel')}</Button>
          <Button look="primary" type="submit">
            {t('person.go')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
