import type { Asset } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Rows } from '../ui/Rows.tsx';
import { AssetRow } from './AssetRow.tsx';
import { byState } from './groups.ts';
import styles from './TileWall.module.css';
import { useStableOrder } from './use-stable-order.ts';

/** Assets worst first, never moving under the pointer or the focus. */
export function AssetRows({ assets }: { readonly assets: readonly Asset[] }) {
  const { t } = useTranslation('overview');
  const wanted = useMemo(() => assets.toSorted(byState).map((asset) => asset.id), [assets]);
  const { order, changes, reorder, hold } = useStableOrder(wanted);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  return (
    <div {...hold}>
      {changes > 0 && (
        <div className={styles.chip}>
          <Button onClick={reorder}>{t('reorder', { count: changes })}</Button>
        </div>
      )}
      <Rows
        rows={order.flatMap((id) => byId.get(id) ?? [])}
        idOf={(asset) => asset.id}
        render={(asset) => <AssetRow asset={asset} />}
        height={53}
      />
    </div>
  );
}
