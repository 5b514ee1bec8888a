import type { AssetDetail } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import styles from './NotWatched.module.css';

/** Rules that cannot judge this asset, and what they would need: coverage is never hidden. */
export function NotWatched({ asset }: { readonly asset: AssetDetail }) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const rules = asset.detail.notWatched;
  if (rules.length === 0) return null;
  return (
    <details className={styles.more}>
      <summary>{t('notWatched.title', { count: rules.length })}</summary>
      <ul>
        {rules.map((rule) => (
          <li key={rule.rule}>
            {say(rule.sentence)}{' '}
            <span className="muted">
              {t('notWatched.missing', { points: rule.missing.join(', ') })}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
