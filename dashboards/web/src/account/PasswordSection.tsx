import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { useWait } from '../sign-in/use-wait.ts';
import { Waiting } from '../sign-in/Waiting.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { PasswordField } from '../ui/PasswordField.tsx';
import { secretOf, useSubmit } from '../ui/use-submit.ts';
import styles from './Account.module.css';
import { useRenewAccount } from './use-renew.ts';

/** The password; changing it ends every other session. */
export function PasswordSection({ login }: { readonly login: string }) {
  const { t } = useTranslation('account');
  const [state, setState] = useState<'closed' | 'open' | 'done'>('closed');
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('password.title')}</h2>
        <Button onClick={() => setState('open')}>{t('password.change')}</Button>
      </div>
      <p className={styles.small} role="status">
        {t(state === 'done' ? 'password.done' : 'password.why')}
      </p>
      {state === 'open' && (
        <PasswordDialog
          login={login}
          onClose={() => setState('closed')}
          onDone={() => setState('done')}
        />
      )}
    </section>
  );
}

interface DialogProps {
  readonly login: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function PasswordDialog({ login, onClose, onDone }: DialogProps) {
  const { t } = useTranslation(['account', 'access', 'shell']);
  const renew = useRenewAccount();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const body = { old: secretOf(fields, 'old'), wanted: secretOf(fields, 'wanted') };
    await write('POST', '/api/account/password', body);
    await renew();
    onDone();
  });
  const left = useWait(error);
  return (
    <Dialog title={t('account:password.change')} onClose={onClose}>
      <form className={form.form} onSubmit={onSubmit}>
        {/* For password managers, which look for whose password changes. */}
        <input type="text" autoComplete="username" defaultValue={login} hidden />
        <PasswordField
          name="old"
          label={t('account:password.old')}
          kind="current-password"
          autoFocus
        />
        <PasswordField
          name="wanted"
          label={t('account:password.wanted')}
          kind="new-password"
          hint={t('access:password.rule')}
        />
        <Waiting error={error} left={left} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy || left > 0}>
            {t('shell:save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
