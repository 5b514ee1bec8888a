import type { AssetState } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { When } from '../ui/When.tsx';
import { Glyph } from './Glyph.tsx';
import styles from './StateWord.module.css';

/** Planned work under way: beside the state, never instead of it. */
export function PlannedNote({ planned }: Pick<AssetState, 'planned'>) {
  const { t } = useTranslation('words');
  if (planned === null) return null;
  return (
    <span className={styles.word} data-mark="planned" title={planned.reason}>
      <Glyph mark="planned" />
      {t('plannedUntil')} <When at={planned.until} />
    </span>
  );
}
