import type { SessionInfo } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { companySignIn } from '../session/company.ts';
import { CodeForm } from './CodeForm.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import styles from './SignIn.module.css';

interface Props {
  readonly session: SessionInfo;
  /** Who is expected back. */
  readonly login?: string | undefined;
  /** Where a sign-in that leaves this page comes back to. */
  readonly to: string;
}

/** Whatever is still missing: login and password, or the second factor. */
export function SignInForms({ session, login, to }: Props) {
  const { t } = useTranslation('sign-in');
  if (session.state === 'half') return <CodeForm />;
  return (
    <>
      <PasswordForm login={login} />
      {session.oidc !== null && (
        <a className={styles.company} href={companySignIn(to)}>
          {t('company', { name: session.oidc.name })}
        </a>
      )}
    </>
  );
}
