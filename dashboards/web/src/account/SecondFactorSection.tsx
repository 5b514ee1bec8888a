import type { Account } from '@caretaker/cloud/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import styles from './Account.module.css';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { type Begun, SetUpDialog } from './SetUpDialog.tsx';
import { useRenewAccount } from './use-renew.ts';

/** A code of a phone beside the password. */
export function SecondFactorSection({ factor }: { readonly factor: Account['secondFactor'] }) {
  const { t } = useTranslation('account');
  const renew = useRenewAccount();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const begin = () =>
    run(async () => setBegun(await write<Begun>('POST', '/api/account/second-factor')));
  const remove = () =>
    run(async () => {
      await write('DELETE', '/api/account/second-factor');
      await renew();
    });
  const renewCodes = () =>
    run(async () => {
      const { recovery } = await write<{ recovery: string[] }>('POST', '/api/account/recovery');
      setCodes(recovery);
      await renew();
    });
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>
          {t('factor.title')}
          <span className={styles.mark}>{t(factor.on ? 'factor.on' : 'factor.off')}</span>
        </h2>
        {factor.on ? (
          <div className={styles.head}>
            <Button disabled={busy} onClick={() => void renewCodes()}>
              {t('factor.renew')}
            </Button>
            <Button disabled={busy} onClick={() => void remove()}>
              {t('factor.remove')}
            </Button>
          </div>
        ) : (
          <Button disabled={busy} onClick={() => void begin()}>
            {t('factor.begin')}
          </Button>
        )}
      </div>
      <p className={styles.small}>
        {factor.on ? t('factor.left', { count: factor.recoveryLeft }) : t('factor.why')}
      </p>
      <FormProblem error={error} />
      {begun !== null && (
        <SetUpDialog
          begun={begun}
          onClose={() => setBegun(null)}
          onDone={(recovery) => {
            setBegun(null);
            setCodes(recovery);
            void renew();
          }}
        />
      )}
      {codes !== null && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </section>
  );
}
