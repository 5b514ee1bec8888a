import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { accountQuery } from '../api/access.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './Account.module.css';
import { CompanySection } from './CompanySection.tsx';
import { NameSection } from './NameSection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { RolesSection } from './RolesSection.tsx';
import { SecondFactorSection } from './SecondFactorSection.tsx';
import { SessionsSection } from './SessionsSection.tsx';
import { TokensSection } from './TokensSection.tsx';

/** What a person sees and decides about their own way in. */
export function AccountPage() {
  const { t } = useTranslation('account');
  const account = useQuery(accountQuery);
  const data = account.data;
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      {account.error !== null && (
        <ErrorBand
          error={account.error}
          onRetry={() => void account.refetch()}
          dataFrom={account.dataUpdatedAt}
        />
      )}
      {account.isPending && <Skeleton heights={[96, 120, 120, 200]} />}
      {data !== undefined && (
        <>
          <NameSection name={data.name} login={data.login} />
          <RolesSection />
          {data.hasPassword && <PasswordSection login={data.login} />}
          <CompanySection mayUnlink={data.hasPassword} />
          <SecondFactorSection factor={data.secondFactor} />
          <SessionsSection sessions={data.sessions} />
          <TokensSection />
        </>
      )}
    </div>
  );
}
