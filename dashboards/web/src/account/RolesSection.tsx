import { useTranslation } from 'react-i18next';
import { GrantList } from '../people/GrantList.tsx';
import { useGrants } from '../session/use-session.ts';
import styles from './Account.module.css';

/** What this person may do, and where. */
export function RolesSection() {
  const { t } = useTranslation('account');
  const grants = useGrants();
  return (
    <section className={styles.section}>
      <h2>{t('roles.title')}</h2>
      <GrantList grants={grants} />
      <p className={styles.small}>{t('roles.why')}</p>
    </section>
  );
}
