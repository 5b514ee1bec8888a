import type { AssetDetail, Episode, Point } from '@caretaker/cloud/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../chart/series.ts';
import { markOf, rankOf } from '../state/mark.ts';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import styles from './Charts.module.css';
import { NumberPoint } from './NumberPoint.tsx';
import { StatePoint } from './StatePoint.tsx';
import { lengths, steps, type View } from './use-readings.ts';

const ranges = ['1h', '24h', '7d'] as const;
type Range = View['range'];

interface Props {
  readonly asset: AssetDetail;
  readonly episodes: readonly Episode[];
}

/** Worst point first; of equals those that a rule watches. */
function byNeed(a: Point, b: Point): number {
  return rankOf(markOf(a)) - rankOf(markOf(b)) || Number(b.watched) - Number(a.watched);
}

/** Every point of the asset over the same time; zooming one zooms all. */
export function Charts({ asset, episodes }: Props) {
  const { t } = useTranslation('asset');
  const { range = '24h' } = useSearch({ from: '/assets/$estate/$asset' });
  const navigate = useNavigate({ from: '/assets/$estate/$asset' });
  const [zoom, setZoom] = useState<Span | null>(null);
  // The end of the running step: what is read within it belongs to the picture at once.
  const now = useNow(steps[range]) + steps[range];
  const window = useMemo(() => zoom ?? { from: now - lengths[range], to: now }, [zoom, now, range]);
  const choose = useCallback(
    (next: Range) => {
      setZoom(null);
      void navigate({
        search: (old) => ({ ...old, range: next === '24h' ? undefined : next }),
        replace: true,
      });
    },
    [navigate],
  );
  const shift = useCallback(
    (by: 1 | -1) => choose(ranges[ranges.indexOf(range) + by] ?? range),
    [choose, range],
  );
  const view = useMemo<View>(() => ({ range, zoom }), [range, zoom]);
  const numbers = asset.detail.points.filter((point) => point.type === 'number').toSorted(byNeed);
  const states = asset.detail.points.filter((point) => point.type !== 'number');
  const shared = { view, window, now, episodes };
  return (
    <section className={styles.charts}>
      <div className={styles.bar}>
        <h2>{t('charts')}</h2>
        {zoom !== null && <Button onClick={() => setZoom(null)}>{t('live')}</Button>}
        <Segmented<Range>
          label={t('range.label')}
          value={range}
          onChange={choose}
          options={ranges.map((one) => ({ value: one, label: t(`range.${one}`) }))}
        />
      </div>
      <div className={styles.grid} data-count={numbers.length}>
        {numbers.map((point, index) => (
          <NumberPoint
            key={point.id}
            point={point}
            conditions={asset.detail.conditions}
            height={index === 0 ? 240 : 180}
            onZoom={setZoom}
            onRange={shift}
            {...shared}
          />
        ))}
      </div>
      {states.length > 0 && (
        <div className={styles.states}>
          {states.map((point) => (
            <StatePoint key={point.id} point={point} view={view} window={window} now={now} />
          ))}
        </div>
      )}
    </section>
  );
}
