import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { Glyph } from '../state/Glyph.tsx';
import type { Group } from './groups.ts';
import styles from './OkLine.module.css';

/** A touchpoint with nothing wrong: one line. */
export function OkLine({ group }: { readonly group: Group }) {
  const { t } = useTranslation(['overview', 'words']);
  const say = usePick();
  return (
    <li className={styles.line}>
      <Glyph mark={group.mark} size={16} />
      <Link to="/touchpoints/$group" params={{ group: group.id }} data-row>
        {group.number < 99 && `${group.number} `}
        {say(group.name)}
      </Link>
      <span>{t(`words:mark.${group.mark}`)}</span>
      <span className={styles.count}>{t('overview:assets', { count: group.assets.length })}</span>
    </li>
  );
}
