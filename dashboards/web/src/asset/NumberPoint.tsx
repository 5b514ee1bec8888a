import type { Condition, Episode, NumberBucket, Point } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../chart/Chart.tsx';
import { type Span, seriesOf } from '../chart/series.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { NoReadingYet } from './NoReadingYet.tsx';
import styles from './NumberPoint.module.css';
import { PointHead } from './PointHead.tsx';
import { useReadings, useSince, type View } from './use-readings.ts';

interface Props {
  readonly point: Point;
  readonly view: View;
  readonly window: Span;
  readonly now: number;
  readonly episodes: readonly Episode[];
  readonly conditions: readonly Condition[];
  readonly height: number;
  readonly onZoom: (span: Span) => void;
  readonly onRange: (by: 1 | -1) => void;
}

const none: NumberBucket[] = [];

/** One measured point: its value now, and its chart. */
export function NumberPoint(props: Props) {
  const { point, view, window, now, episodes, conditions } = props;
  const { t } = useTranslation('asset');
  const readings = useReadings(point.id, view, now);
  const since = useSince(point.id);
  const data = readings.data?.series;
  const buckets = data?.type === 'number' ? data.buckets : none;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `since` grows in place; `now` says when to look.
  const series = useMemo(
    () => seriesOf(buckets, since, window, point.silentAfter),
    [buckets, since, window, point.silentAfter, now],
  );
  const own = useMemo(() => {
    const rules = new Set(
      conditions.filter((one) => one.points.includes(point.id)).map((one) => one.rule),
    );
    return episodes.filter(
      (one) =>
        rules.has(one.rule) &&
        one.state === 'standing' &&
        one.onset < window.to &&
        (one.end ?? window.to) > window.from,
    );
  }, [conditions, episodes, point.id, window]);
  const empty = point.at === null && series.samples.length === 0;
  return (
    <figure className={styles.point}>
      <PointHead point={point} />
      {readings.error !== null && (
        <ErrorBand
          error={readings.error}
          onRetry={() => void readings.refetch()}
          dataFrom={readings.dataUpdatedAt}
        />
      )}
      {readings.isPending && <Skeleton heights={[props.height]} />}
      {readings.data !== undefined && empty && <NoReadingYet point={point} />}
      {readings.data !== undefined && !empty && (
        <Chart
          point={point}
          series={series}
          window={window}
          range={t(`range.${view.range}`)}
          episodes={own}
          height={props.height}
          onZoom={props.onZoom}
          onRange={props.onRange}
        />
      )}
    </figure>
  );
}
