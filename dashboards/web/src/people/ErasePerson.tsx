import type { Person } from '@caretaker/cloud/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import styles from './People.module.css';
import { useRenewPeople } from './use-renew.ts';

interface Props {
  readonly person: Person;
  readonly onErased: () => void;
}

/** Forgets a person for good. There is no undo, so the login is typed as a sign that the right one is meant. */
export function ErasePerson({ person, onErased }: Props) {
  const { t } = useTranslation('people');
  const renew = useRenewPeople();
  const [typed, setTyped] = useState('');
  const { busy, error, onSubmit } = useSubmit(async () => {
    await write('DELETE', `/api/people/${person.id}`);
    await renew();
    onErased();
  });
  return (
    <form className={`${form.form} ${styles.part}`} onSubmit={onSubmit} autoComplete="off">
      <h3>{t('erase.title')}</h3>
      <p className={styles.small}>{t('erase.why')}</p>
      <Field
        name="login"
        label={t('erase.type', { login: person.login })}
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <FormProblem error={error} />
      <div className={form.actions}>
        <Button type="submit" disabled={busy || typed.trim().toLowerCase() !== person.login}>
          {t('erase.go')}
        </Button>
      </div>
    </form>
  );
}
