import { useTranslation } from 'react-i18next';
import styles from './Skeleton.module.css';

interface Props {
  /** Height of each block in the final layout, in pixels. */
  readonly heights: readonly number[];
  /** Blocks beside each other, as tiles are. */
  readonly grid?: boolean;
}

/** Stands for what is loading, in the final layout; drawn only when that takes longer than 200 ms. */
export function Skeleton({ heights, grid = false }: Props) {
  const { t } = useTranslation('shell');
  return (
    <div
      className={grid ? styles.grid : styles.stack}
      role="status"
      aria-busy="true"
      aria-label={t('loading')}
    >
      {heights.map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity and never move.
        <div key={index} className={styles.block} style={{ height }} />
      ))}
    </div>
  );
}
