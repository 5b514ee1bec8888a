import type { Token } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tokensQuery } from '../api/access.ts';
import { write } from '../api/client.ts';
import { GrantList } from '../people/GrantList.tsx';
import { Age } from '../ui/Age.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { Secret } from '../ui/Secret.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { When } from '../ui/When.tsx';
import styles from './Account.module.css';
import { NewToken } from './NewToken.tsx';
import { useRenewAccount } from './use-renew.ts';

/** Tokens for programs that act for this person. */
export function TokensSection() {
  const { t } = useTranslation(['account', 'shell']);
  const renew = useRenewAccount();
  const tokens = useQuery(tokensQuery);
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const living = (tokens.data?.items ?? []).filter((token) => token.revoked === null);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('account:tokens.title')}</h2>
        <Button onClick={() => setOpen(true)}>{t('account:tokens.new')}</Button>
      </div>
      <p className={styles.small}>{t('account:tokens.why')}</p>
      {tokens.error !== null && (
        <ErrorBand error={tokens.error} onRetry={() => void tokens.refetch()} />
      )}
      {living.length > 0 && (
        <ul>
          {living.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </ul>
      )}
      {open && (
        <NewToken
          onClose={() => setOpen(false)}
          onMade={(token) => {
            setOpen(false);
            setMade(token);
            void renew();
          }}
        />
      )}
      {made !== null && (
        <Dialog title={t('account:tokens.made')} onClose={() => setMade(null)}>
          <Secret label={t('account:tokens.token')} text={made} note={t('account:tokens.once')} />
          <div className={form.actions}>
            <Button look="primary" onClick={() => setMade(null)}>
              {t('account:tokens.kept')}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function TokenRow({ token }: { readonly token: Token }) {
  const { t } = useTranslation('account');
  const renew = useRenewAccount();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const end = () =>
    run(async () => {
      await write('DELETE', `/api/account/tokens/${token.id}`);
      await renew();
    });
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <span>
          {token.name}
          {token.readOnly && <span className={styles.mark}>{t('tokens.readOnly')}</span>}
        </span>
        <GrantList grants={token.grants} small />
        <span className={styles.small}>
          {t('tokens.until')} <When at={token.expires} /> ·{' '}
          {token.lastUsed === null ? (
            t('tokens.unused')
          ) : (
            <>
              {t('tokens.lastUsed')} <Age at={token.lastUsed} />
            </>
          )}
        </span>
        <FormProblem error={error} />
      </div>
      <Button
        disabled={busy}
        aria-label={t('tokens.endOf', { name: token.name })}
        onClick={() => void end()}
      >
        {t('tokens.end')}
      </Button>
    </li>
  );
}
