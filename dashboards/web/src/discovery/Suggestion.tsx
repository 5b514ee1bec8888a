import type { DiscoverySuggestion } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { pick } from '../format/language.ts';
import { useLanguage } from '../i18n/use-language.ts';
import styles from './Discovery.module.css';

interface Props {
  /** Null when nothing was recognised. */
  readonly suggestion: DiscoverySuggestion | null;
}

/** What a device might be: each value that was recognised, and what to look at before one believes it. */
export function Suggestion({ suggestion }: Props) {
  const { t } = useTranslation('discovery');
  const language = useLanguage();
  if (suggestion === null) return <p>{t('nothing')}</p>;
  const { preset, score, fields, doubts } = suggestion;
  const kind = pick(suggestion.kindLabel, language);
  return (
    <div className={styles.suggestion}>
      <p>
        {t(preset === null ? 'guessByNames' : 'guessByPreset', { kind, preset: preset ?? '' })}{' '}
        <span className="muted">{t('score', { percent: Math.round(score * 100) })}</span>
      </p>
      <ul className={styles.fields}>
        {fields.map(({ path, value, metric, label, of }) => (
          <li key={`${of} ${metric} ${path}`}>
            <code>{path === '' ? t('bare') : path}</code> {value} → {pick(label, language)}
            {of === 'device' && <span className="muted"> {t('ofDevice')}</span>}
          </li>
        ))}
      </ul>
      {doubts.map((doubt) => (
        <p key={doubt.en} className={styles.doubt}>
          {pick(doubt, language)}
        </p>
      ))}
    </div>
  );
}
