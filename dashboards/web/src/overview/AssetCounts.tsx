import type { Asset } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { countMarks } from '../state/counts.ts';
import { markOf } from '../state/mark.ts';
import styles from './AssetCounts.module.css';

/** Assets by state, worst first; they add to the assets of the touchpoint. */
export function AssetCounts({ assets }: { readonly assets: readonly Asset[] }) {
  const { t } = useTranslation('overview');
  return (
    <span className={styles.counts}>
      {countMarks(assets.map((asset) => markOf(asset.state))).map(([mark, count]) => (
        <span key={mark}>{t(`assetCounts.${mark}`, { count })}</span>
      ))}
    </span>
  );
}
