import type { SessionInfo } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { dropLinkCode, useLinkCode } from '../session/link-code.ts';
import { session } from '../session/session.ts';
import { useStatus } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { PasswordField } from '../ui/PasswordField.tsx';
import { secretOf, textOf, useSubmit } from '../ui/use-submit.ts';
import { CodeField } from './CodeField.tsx';
import { useWait } from './use-wait.ts';
import { useGoOn } from './use-way-back.ts';
import { Waiting } from './Waiting.tsx';

/** Makes the first administrator, with the code that the first start printed. */
export function FirstPage() {
  const { t } = useTranslation(['sign-in', 'access']);
  const status = useStatus();
  const code = useLinkCode();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const made = await write<SessionInfo>('POST', '/api/first', {
      code: textOf(fields, 'code'),
      login: textOf(fields, 'login'),
      name: textOf(fields, 'name'),
      password: secretOf(fields, 'password'),
    });
    dropLinkCode();
    session.take(made);
  });
  const left = useWait(error);
  useGoOn(status.kind === 'in', '/');
  if (status.kind === 'out' && !status.session.first) {
    return (
      <>
        <h1>{t('first.title')}</h1>
        <p>{t('first.over')}</p>
        <Link to="/sign-in">{t('toSignIn')}</Link>
      </>
    );
  }
  return (
    <>
      <h1>{t('first.title')}</h1>
      <p className="muted">{t('first.why')}</p>
      <form className={form.form} onSubmit={onSubmit}>
        <CodeField code={code} hint={t('first.codeHint')} />
        <Field
          name="login"
          label={t('login')}
          hint={t('first.loginHint')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={100}
        />
        <Field name="name" label={t('name')} autoComplete="name" required maxLength={80} />
        <PasswordField
          name="password"
          label={t('password')}
          kind="new-password"
          hint={t('access:password.rule')}
        />
        <Waiting error={error} left={left} />
        <div className={`${form.actions} ${form.wide}`}>
          <Button look="primary" type="submit" disabled={busy || left > 0}>
            {t('first.go')}
          </Button>
        </div>
      </form>
    </>
  );
}
