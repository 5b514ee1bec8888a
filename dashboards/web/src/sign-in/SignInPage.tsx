import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLinkCode } from '../session/link-code.ts';
import { useStatus } from '../session/use-session.ts';
import { LinkSignIn } from './LinkSignIn.tsx';
import styles from './SignIn.module.css';
import { SignInForms } from './SignInForms.tsx';
import { useCompanyProblem } from './use-company-problem.ts';
import { useGoOn, useWayBack } from './use-way-back.ts';

const here = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** The way in; afterwards on to the page that was asked for. */
export function SignInPage() {
  const { t } = useTranslation('sign-in');
  const code = useLinkCode();
  const status = useStatus();
  const to = useWayBack();
  const problem = useCompanyProblem();
  const done = status.kind === 'in';
  useGoOn(done && code === null && problem === null, to);
  if (code !== null) return <LinkSignIn code={code} />;
  if (done && problem !== null) return <LinkRefused problem={problem} to={to} />;
  if (status.kind !== 'out') return null;
  return (
    <>
      <h1>{t(status.session.state === 'half' ? 'code.title' : 'title')}</h1>
      {problem !== null && <p role="alert">{problem}</p>}
      <SignInForms session={status.session} to={to} />
      {status.session.first && (
        <p className={styles.hint}>
          {t('noFirst')} <Link to="/first">{t('noFirstGo')}</Link>
        </p>
      )}
      {status.session.state === 'none' &&
        !status.session.first &&
        here.test(window.location.hostname) && <p className={styles.hint}>{t('printed')}</p>}
    </>
  );
}

/** Somebody signed in wanted to link their account, and came back without. */
function LinkRefused({ problem, to }: { readonly problem: string; readonly to: string }) {
  const { t } = useTranslation('sign-in');
  return (
    <>
      <h1>{t('notLinked')}</h1>
      <p role="alert">{problem}</p>
      <Link to={to}>{t('goOn')}</Link>
    </>
  );
}
