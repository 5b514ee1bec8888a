import type { Point, StateBucket } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import type { Span } from '../chart/series.ts';
import { stateSpans } from '../chart/states.ts';
import { usePick } from '../i18n/use-language.ts';
import { usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { NoReadingYet } from './NoReadingYet.tsx';
import styles from './StatePoint.module.css';
import { StateStrip } from './StateStrip.tsx';
import { useReadings, type View } from './use-readings.ts';
import { useStateWord } from './use-state-word.ts';

interface Props {
  readonly point: Point;
  readonly view: View;
  readonly window: Span;
  readonly now: number;
}

const none: StateBucket[] = [];

/** One point that has states: which now, and which over time. */
export function StatePoint({ point, view, window, now }: Props) {
  const say = usePick();
  const word = useStateWord();
  const readings = useReadings(point.id, view, now);
  const live = usePoint(point.id);
  const fresh = live !== undefined && live.at >= (point.at ?? 0) ? live : point;
  const mark = markOf(fresh);
  const data = readings.data?.series;
  const buckets = data?.type === 'state' ? data.buckets : none;
  const spans = useMemo(
    () => stateSpans(buckets, window, point.silentAfter),
    [buckets, window, point.silentAfter],
  );
  return (
    <div className={styles.point}>
      <h3>{say(point.label)}</h3>
      <div className={styles.now}>
        <strong>{fresh.value === null ? '' : word(String(fresh.value))}</strong>
        {mark !== 'ok' && <StateWord mark={mark} />}
        <span className={styles.age}>{fresh.at === null ? '' : <Age at={fresh.at} />}</span>
      </div>
      <div className={styles.strip}>
        {readings.error !== null && (
          <ErrorBand error={readings.error} onRetry={() => void readings.refetch()} />
        )}
        {readings.isPending && <Skeleton heights={[18]} />}
        {fresh.at === null && <NoReadingYet point={point} />}
        {fresh.at !== null && spans.length > 0 && <StateStrip spans={spans} window={window} />}
      </div>
    </div>
  );
}
