import type { AuditRow } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { When } from '../ui/When.tsx';
import styles from './Audit.module.css';
import { useActionWord } from './use-action-word.ts';
import { useActorWord } from './use-actor-word.ts';

interface Props {
  readonly row: AuditRow;
  readonly onOpen: () => void;
}

/** One row: when, who, what, to what. */
export function Entry({ row, onOpen }: Props) {
  const { t } = useTranslation('audit');
  const say = useActionWord();
  const who = useActorWord();
  return (
    <div className={styles.row}>
      <span className={styles.number}>{row.number}</span>
      <span className={styles.when}>
        <When at={row.at} />
      </span>
      <span className={styles.who}>{who(row.actor)}</span>
      <span className={styles.what}>
        <button type="button" className={styles.open} data-row onClick={onOpen}>
          {say(row.action)}
        </button>
        <span className={styles.small}>
          {row.object}
          {row.detail === null && ` · ${t('erased')}`}
        </span>
      </span>
    </div>
  );
}
