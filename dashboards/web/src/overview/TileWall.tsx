import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { dayQuery } from '../api/queries.ts';
import { useEstate } from '../live/use-live.ts';
import { isAbnormal } from '../state/mark.ts';
import { Button } from '../ui/Button.tsx';
import type { Group } from './groups.ts';
import { OkLine } from './OkLine.tsx';
import { Tile } from './Tile.tsx';
import styles from './TileWall.module.css';
import { useStableOrder } from './use-stable-order.ts';

interface Props {
  readonly groups: readonly Group[];
  /** Whether what is ok stands in lines of its own below. */
  readonly okApart: boolean;
}

/** The tiles, in an order that never moves under the pointer. */
export function TileWall({ groups, okApart }: Props) {
  const { t } = useTranslation('overview');
  const estate = useEstate()?.id;
  const day = useQuery(dayQuery(estate));
  const wanted = useMemo(() => groups.map((group) => group.id), [groups]);
  const { order, changes, reorder, hold } = useStableOrder(wanted);
  const byId = new Map(groups.map((group) => [group.id, group]));
  const shown = order.flatMap((id) => byId.get(id) ?? []);
  // While held, a tile that became ok stays a tile: turning into a line would move its neighbours.
  const lastAbnormal = shown.findLastIndex((group) => isAbnormal(group.mark));
  const tiles = okApart ? shown.slice(0, lastAbnormal + 1) : shown;
  const lines = okApart ? shown.slice(lastAbnormal + 1) : [];
  return (
    <div {...hold}>
      {changes > 0 && (
        <div className={styles.chip}>
          <Button onClick={reorder}>{t('reorder', { count: changes })}</Button>
        </div>
      )}
      <ul className={styles.tiles}>
        {tiles.map((group) => (
          <Tile key={group.id} group={group} episodes={day.data} />
        ))}
      </ul>
      {lines.length > 0 && (
        <section className={styles.ok}>
          <h2>{t('okTitle')}</h2>
          <ul>
            {lines.map((group) => (
              <OkLine key={group.id} group={group} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
