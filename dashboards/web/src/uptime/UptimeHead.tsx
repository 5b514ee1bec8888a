import { useTranslation } from 'react-i18next';
import { parts } from './figures.ts';
import styles from './UptimeRow.module.css';

/** Names of the columns; each figure also carries its own name for those who do not see them. */
export function UptimeHead() {
  const { t } = useTranslation('uptime');
  return (
    <div className={styles.head} aria-hidden="true">
      <span />
      <span />
      {parts.map((part) => (
        <span key={part} data-part={part}>
          {t(part)}
        </span>
      ))}
      <span>{t('coverage')}</span>
      <span>{t('failures')}</span>
    </div>
  );
}
