import type { SessionInfo } from '@caretaker/cloud/contract';
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { accountQuery } from '../api/access.ts';
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

const cancel = () => answerConfirm(false);

/** Asks once more for a proof before an act of weight; after a password the act goes on by itself. */
export function ConfirmDialog() {
  const { t } = useTranslation(['access', 'shell']);
  const company = useCompany();
  const account = useQuery(accountQuery);
  const hasPassword = account.data?.hasPassword ?? true;
  return (
    <Modal
      opened
      onClose={cancel}
      title={t(hasPassword ? 'access:confirm.title' : 'access:confirm.titleOther')}
      zIndex={300}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      {hasPassword && <ByPassword />}
      {!hasPassword && company === null && <p>{t('access:confirm.byLink')}</p>}
      {company !== null && (
        <p className="muted">
          {t(hasPassword ? 'access:confirm.companyWhy' : 'access:confirm.companyOnly')}{' '}
          <a href={companySignIn(window.location.pathname + window.location.search, true)}>
            {t('access:confirm.company', { name: company })}
          </a>
        </p>
      )}
    </Modal>
  );
}

function ByPassword() {
  const { t } = useTranslation(['access', 'shell']);
  const person = usePerson();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const body = { password: secretOf(fields, 'password') };
    session.take(await write<SessionInfo>('POST', '/api/session/confirm', body));
    answerConfirm(true);
  });
  const left = useWait(error);
  return (
    <form className={form.form} onSubmit={onSubmit}>
      <p className="muted">{t('access:confirm.why')}</p>
      {/* For password managers, which look for whose password is wanted. */}
      <input type="text" name="login" autoComplete="username" defaultValue={person?.login} hidden />
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
  );
}
