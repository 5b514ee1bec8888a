import type { Account } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { session as sessions, signOut } from '../session/session.ts';
import { Age } from '../ui/Age.tsx';
import { Button } from '../ui/Button.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { When } from '../ui/When.tsx';
import styles from './Account.module.css';
import { agentWords } from './agent.ts';
import { useRenewAccount } from './use-renew.ts';

type Session = Account['sessions'][number];

/** Where this person is signed in. */
export function SessionsSection({ sessions }: { readonly sessions: readonly Session[] }) {
  const { t } = useTranslation('account');
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('sessions.title')}</h2>
        <div className={styles.head}>
          <Button disabled={busy} onClick={() => void run(() => signOut('here'))}>
            {t('sessions.out')}
          </Button>
          <Button disabled={busy} onClick={() => void run(() => signOut('everywhere'))}>
            {t('sessions.everywhere')}
          </Button>
        </div>
      </div>
      <FormProblem error={error} />
      <ul>
        {sessions.map((one) => (
          <SessionRow key={one.id} session={one} />
        ))}
      </ul>
      <p className={styles.small}>{t('sessions.why')}</p>
    </section>
  );
}

function SessionRow({ session }: { readonly session: Session }) {
  const { t } = useTranslation('account');
  const renew = useRenewAccount();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const name = agentWords(session.agent) ?? t('sessions.unknown');
  const end = () =>
    run(async () => {
      await write('DELETE', `/api/account/sessions/${session.id}`);
      await (session.current ? sessions.ask() : renew());
    });
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <span title={session.agent}>
          {name}
          {session.current && <span className={styles.mark}>{t('sessions.current')}</span>}
        </span>
        <span className={styles.small}>
          {session.address} · {t('sessions.started')} <When at={session.started} /> ·{' '}
          {t('sessions.lastUsed')} <Age at={session.lastUsed} />
        </span>
        <FormProblem error={error} />
      </div>
      {!session.current && (
        <Button
          disabled={busy}
          aria-label={t('sessions.endOf', { name })}
          onClick={() => void end()}
        >
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
