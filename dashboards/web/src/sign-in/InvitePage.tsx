import type { SessionInfo } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { dropLinkCode, useLinkCode } from '../session/link-code.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { PasswordField } from '../ui/PasswordField.tsx';
import { secretOf, textOf, useSubmit } from '../ui/use-submit.ts';
import { CodeField } from './CodeField.tsx';
import { useWait } from './use-wait.ts';
import { Waiting } from './Waiting.tsx';

/** Sets the first password, or a new one after it was lost, with the code of an invitation. */
export function InvitePage() {
  const { t } = useTranslation(['sign-in', 'access']);
  const code = useLinkCode();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const taken = await write<SessionInfo>('POST', '/api/invite', {
      code: textOf(fields, 'code'),
      password: secretOf(fields, 'password'),
    });
    dropLinkCode();
    session.take(taken);
    // A whole new page: somebody else may have been signed in on this one.
    window.location.assign(taken.state === 'full' ? '/' : '/sign-in');
  });
  const left = useWait(error);
  return (
    <>
      <h1>{t('invite.title')}</h1>
      <p className="muted">{t('invite.why')}</p>
      <form className={form.form} onSubmit={onSubmit}>
        <CodeField code={code} hint={t('invite.codeHint')} />
        <PasswordField
          name="password"
          label={t('newPassword')}
          kind="new-password"
          hint={t('access:password.rule')}
        />
        <Waiting error={error} left={left} />
        <div className={`${form.actions} ${form.wide}`}>
          <Button look="primary" type="submit" disabled={busy || left > 0}>
            {t('invite.go')}
          </Button>
        </div>
      </form>
    </>
  );
}
