import { useTranslation } from 'react-i18next';
import { NoPermission } from '../session/NoPermission.tsx';
import { useMay } from '../session/use-session.ts';
import styles from './Audit.module.css';
import { AuditRows } from './AuditRows.tsx';
import { ChainState } from './ChainState.tsx';
import { Filters } from './Filters.tsx';

/** Who changed what, as it is kept: it only grows. */
export function AuditPage() {
  const { t } = useTranslation('audit');
  const may = useMay('audit.read');
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      {may ? (
        <>
          <ChainState />
          <Filters />
          <AuditRows />
        </>
      ) : (
        <NoPermission action="audit.read" everywhere />
      )}
    </div>
  );
}
