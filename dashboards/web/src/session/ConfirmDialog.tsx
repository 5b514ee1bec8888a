import type { SessionInfo } from '@caretaker/cloud/contract';
import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { useWait } from '../sign-in/use-wait.ts';
import { Waiting } from '../sign-in/Waiting.tsx';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { PasswordField } from '../ui/PasswordField.tsx';
import { secretOf, useSubmit } from '../ui/use-submit.ts';
import { companySignIn } from './company.ts';
import { answerConfirm } from './confirm.ts';
import { session } from './session.ts';
import { useCompany, usePerson } from './use-session.ts';

/** Asks for the password once more before an act of weight; the act goes on by itself afterwards. */
export function ConfirmDialog() {
  const { t } = useTranslation(['access', 'shell']);
  const person = usePerson();
  const company = useCompany();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const body = { password: secretOf(fields, 'password') };
    session.take(await write<SessionInfo>('POST', '/api/session/confirm', body));
    answerConfirm(true);
  });
  const left = useWait(error);
  const cancel = () => answerConfirm(false);
  return (
    <Modal
      opened
      onClose={cancel}
      title={t('access:confirm.title')}
      zIndex={300}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form className={form.form} onSubmit={onSubmit}>
        <p className="muted">{t('access:confirm.why')}</p>
        {/* For password managers, which look for whose password is wanted. */}
        <input
          type="text"
          name="login"
          autoComplete="username"
          defaultValue={person?.login}
          hidden
        />
        <PasswordField
          name="password"
          label={t('access:confirm.password')}
          kind="current-password"
          autoFocus
        />
        <Waiting error={error} left={left} />
        <div className={form.actions}>
          <Button onClick={cancel}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy || left > 0}>
            {t('access:confirm.go')}
          </Button>
        </div>
      </form>
      {company !== null && (
        <p className="muted">
          {t('access:confirm.companyWhy')}{' '}
          <a href={companySignIn(window.location.pathname + window.location.search, true)}>
            {t('access:confirm.company', { name: company })}
          </a>
        </p>
      )}
    </Modal>
  );
}
