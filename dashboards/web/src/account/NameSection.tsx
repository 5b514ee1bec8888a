import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import styles from './Account.module.css';
import { useRenewAccount } from './use-renew.ts';

interface Props {
  readonly name: string;
  readonly login: string;
}

/** The name that stands beside what this person does. */
export function NameSection({ name, login }: Props) {
  const { t } = useTranslation('account');
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <div className={styles.what}>
          <h2>{name}</h2>
          <span className={styles.small}>{t('login', { login })}</span>
        </div>
        <Button onClick={() => setOpen(true)}>{t('name.change')}</Button>
      </div>
      {open && <NameDialog name={name} onClose={() => setOpen(false)} />}
    </section>
  );
}

function NameDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { t } = useTranslation(['account', 'shell']);
  const renew = useRenewAccount();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await write('POST', '/api/account/name', { name: textOf(fields, 'name') });
    await Promise.all([renew(), session.ask()]);
    onClose();
  });
  return (
    <Dialog title={t('account:name.change')} onClose={onClose}>
      <form className={form.form} onSubmit={onSubmit}>
        <Field
          name="name"
          label={t('account:name.label')}
          hint={t('account:name.hint')}
          autoComplete="name"
          defaultValue={name}
          required
          maxLength={200}
          data-autofocus
        />
        <FormProblem error={error} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {t('shell:save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
