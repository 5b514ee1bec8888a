import type { CompanyBegun } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { companyQuery } from '../api/access.ts';
import { write } from '../api/client.ts';
import { useCompany } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import styles from './Account.module.css';
import { useRenewAccount } from './use-renew.ts';

/** The link to one's account at the company; without a company there is nothing to show. */
export function CompanySection({ mayUnlink }: { readonly mayUnlink: boolean }) {
  const { t } = useTranslation('account');
  const name = useCompany();
  const link = useQuery({ ...companyQuery, enabled: name !== null });
  const renew = useRenewAccount();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  if (name === null || link.data === undefined) return null;
  const linked = link.data.linked !== null;
  const begin = () =>
    run(async () => {
      const body = { return: window.location.pathname };
      const { location } = await write<CompanyBegun>('POST', '/api/oidc/link', body);
      window.location.assign(location);
    });
  const undo = () =>
    run(async () => {
      await write('DELETE', '/api/oidc/link');
      await renew();
    });
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>
          {t('company.title')}
          <span className={styles.mark}>{t(linked ? 'company.on' : 'company.off')}</span>
        </h2>
        {(mayUnlink || !linked) && (
          <Button disabled={busy} onClick={() => void (linked ? undo() : begin())}>
            {linked ? t('company.unlink') : t('company.link', { name })}
          </Button>
        )}
      </div>
      <p className={styles.small}>{t(linked ? 'company.whyOn' : 'company.why', { name })}</p>
      <FormProblem error={error} />
    </section>
  );
}
