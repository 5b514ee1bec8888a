import type { SessionInfo } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { PasswordField } from '../ui/PasswordField.tsx';
import { secretOf, textOf, useSubmit } from '../ui/use-submit.ts';
import { useWait } from './use-wait.ts';
import { Waiting } from './Waiting.tsx';

/** Login and password. What is refused never says which of them was wrong. */
export function PasswordForm({ login }: { readonly login?: string | undefined }) {
  const { t } = useTranslation('sign-in');
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const body = { login: textOf(fields, 'login'), password: secretOf(fields, 'password') };
    session.take(await write<SessionInfo>('POST', '/api/session', body));
  });
  const left = useWait(error);
  return (
    <form className={form.form} onSubmit={onSubmit}>
      <Field
        name="login"
        label={t('login')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={200}
        defaultValue={login}
        autoFocus={login === undefined}
      />
      <PasswordField
        name="password"
        label={t('password')}
        kind="current-password"
        autoFocus={login !== undefined}
      />
      <Waiting error={error} left={left} />
      <div className={`${form.actions} ${form.wide}`}>
        <Button look="primary" type="submit" disabled={busy || left > 0}>
          {t('go')}
        </Button>
      </div>
    </form>
  );
}
