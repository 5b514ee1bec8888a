import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { auditStateQuery } from '../api/access.ts';
import { formatCount } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { When } from '../ui/When.tsx';
import styles from './Audit.module.css';

/** How far the log reaches, and which of its rows is noted where the database cannot touch it. */
export function ChainState() {
  const { t } = useTranslation('audit');
  const language = useLanguage();
  const state = useQuery(auditStateQuery).data;
  if (state === undefined) return <p className={styles.chain} />;
  const { head, noted } = state;
  return (
    <div className={styles.chain}>
      <p>
        {t('chain.rows', { count: state.rows, rows: formatCount(state.rows, language) })}{' '}
        {head !== null && (
          <>
            {t('chain.head', { number: head.number })} <When at={head.at} /> (
            <code title={head.hash}>{head.hash.slice(0, 12)}</code>){t('chain.stop')}
          </>
        )}
      </p>
      <p>
        {noted === null || noted.number === 0 ? (
          t('chain.notNoted')
        ) : (
          <>
            {t('chain.noted', { number: noted.number })} <When at={noted.at} />
            {t('chain.stop')}
          </>
        )}{' '}
        {t('chain.prove')} <code>caretaker verify</code>
      </p>
    </div>
  );
}
