import { useTranslation } from 'react-i18next';
import { BackLink } from '../../ui/BackLink.tsx';
import { FirstAskedList } from './FirstAskedList.tsx';
import styles from './Missed.module.css';
import { MissedClocks } from './MissedClocks.tsx';

/** What was promised and not kept, and who answers for what is still open. */
export function MissedPage() {
  const { t } = useTranslation(['ticket-list', 'tickets']);
  return (
    <div className={styles.page}>
      <BackLink to="/tickets">{t('tickets:back')}</BackLink>
      <h1>{t('missed.title')}</h1>
      <MissedClocks />
      <FirstAskedList />
    </div>
  );
}
