import type { Stretch } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatExactDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { When } from '../ui/When.tsx';
import styles from './Stretches.module.css';

interface Props {
  readonly stretch: Stretch;
  /** End of the period. */
  readonly end: number;
}

export function StretchRow({ stretch, end }: Props) {
  const { t } = useTranslation('uptime');
  const say = usePick();
  const language = useLanguage();
  return (
    <tr>
      <td>
        <When at={stretch.from} />
      </td>
      <td>{stretch.to === end ? t('drawer.openEnd') : <When at={stretch.to} />}</td>
      <td className={styles.number}>{formatExactDuration(stretch.to - stretch.from, language)}</td>
      <td>
        {stretch.bucket === 'degraded' && `${t('degraded')} · `}
        {say(stretch.reason)}
        {stretch.episodes.map((id) => (
          <span key={id} className={styles.episode}>
            {t('drawer.episode', { id })}
          </span>
        ))}
      </td>
    </tr>
  );
}
