import type { ReactNode } from 'react';
import styles from './Empty.module.css';

interface Props {
  readonly title: string;
  readonly why?: string | undefined;
  /** At most one button or link: the way on. */
  readonly children?: ReactNode;
}

/** Nothing to show: one sentence why, one way on. */
export function Empty({ title, why, children }: Props) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {why !== undefined && <p className="muted">{why}</p>}
      {children}
    </div>
  );
}
