import { useTranslation } from 'react-i18next';
import { problemIn } from '../api/problem.ts';
import { formatAge } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import { Button } from './Button.tsx';
import styles from './ErrorBand.module.css';

interface Props {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** When the data still shown was fetched; absent when there is none. */
  readonly dataFrom?: number | undefined;
}

/** Names what failed, its stable code and the way on. What was there stays, with its age. */
export function ErrorBand({ error, onRetry, dataFrom }: Props) {
  const { t } = useTranslation('shell');
  const language = useLanguage();
  const now = useNow();
  const problem = problemIn(error);
  const detail = problem.status === 0 ? t('error.unreachable') : problem.detail;
  return (
    <div className={styles.band} role="alert">
      <div>
        <strong>{t('error.title')}</strong> {detail} {problem.next}
        {dataFrom !== undefined && dataFrom > 0 && (
          <span> {t('error.old', { age: formatAge(now - dataFrom, language) })}</span>
        )}
        <code className={styles.code}>{t('error.code', { code: problem.code })}</code>
      </div>
      <Button onClick={onRetry}>{t('error.retry')}</Button>
    </div>
  );
}
