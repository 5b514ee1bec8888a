import type { Standard } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import styles from './Unwatched.module.css';

/** Touchpoints that nothing reports on: named, so that their silence is not taken for health. */
export function Unwatched({ groups }: { readonly groups: Standard['groups'] }) {
  const { t } = useTranslation('overview');
  const say = usePick();
  if (groups.length === 0) return null;
  return (
    <details className={styles.unwatched}>
      <summary>{t('unwatchedTitle', { count: groups.length })}</summary>
      <p>{t('unwatchedWhy')}</p>
      <ul>
        {groups.map((group) => (
          <li key={group.id}>
            {group.number < 99 && `${group.number} `}
            {say(group.name)}
          </li>
        ))}
      </ul>
    </details>
  );
}
