import type { Person } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { GrantList } from './GrantList.tsx';
import styles from './People.module.css';

interface Props {
  readonly person: Person;
  readonly onOpen: () => void;
}

/** One person: name, login, what they may do, and whether they can come in. */
export function PersonRow({ person, onOpen }: Props) {
  const { t } = useTranslation('people');
  return (
    <div className={styles.row} data-off={person.disabled !== null || undefined}>
      <div className={styles.who}>
        <button type="button" className={styles.open} data-row onClick={onOpen}>
          {person.name}
        </button>
        <span className={styles.small}>{person.login}</span>
      </div>
      <GrantList grants={person.grants} />
      <div className={styles.marks}>
        {person.disabled !== null && <span className={styles.mark}>{t('disabled')}</span>}
        {person.secondFactor && <span className={styles.mark}>{t('factor')}</span>}
      </div>
    </div>
  );
}
