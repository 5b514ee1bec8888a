import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { icons } from './icons.tsx';
import styles from './TopBar.module.css';

/** Who is signed in, and the way to their account. */
export function PersonMenu({ person }: { readonly person: { readonly name: string } }) {
  const { t } = useTranslation('shell');
  return (
    <Link to="/account" className={`${styles.tool} ${styles.wide}`} title={t('account')}>
      {icons.person}
      <span className={styles.name}>{person.name}</span>
    </Link>
  );
}
