import { CopyButton } from './CopyButton.tsx';
import styles from './Secret.module.css';

interface Props {
  readonly label: string;
  readonly text: string;
  /** Why it cannot be seen again. */
  readonly note: string;
}

/** Something that is shown once: in full, ready to copy. */
export function Secret({ label, text, note }: Props) {
  return (
    <div className={styles.secret}>
      <p>{note}</p>
      <figure className={styles.line} aria-label={label}>
        <code className={styles.text}>{text}</code>
        <CopyButton text={text} />
      </figure>
    </div>
  );
}
