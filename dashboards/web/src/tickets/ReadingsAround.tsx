import type { Point, TicketDetail, TicketTrace } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStateWord } from '../asset/use-state-word.ts';
import { Chart } from '../chart/Chart.tsx';
import { type Span, seriesOf } from '../chart/series.ts';
import { usePick } from '../i18n/use-language.ts';
import { When } from '../ui/When.tsx';
import styles from './ReadingsAround.module.css';
import { useAssetDetail } from './use-asset-detail.ts';

type Reading = TicketTrace['points'][number]['readings'][number];

/** The readings that decided, half an hour round onset and fix; kept with the ticket once all of them are in. */
export function ReadingsAround({ detail }: { readonly detail: TicketDetail }) {
  const { t } = useTranslation('ticket');
  const asset = useAssetDetail(detail.subject);
  const points = new Map((asset?.detail.points ?? []).map((point) => [point.id, point]));
  if (detail.item === '') return null;
  const traces = detail.traces.filter((trace) => trace.points.length > 0);
  return (
    <section>
      <h2>{t('readings.title')}</h2>
      {traces.length === 0 && <p className="muted">{t('readings.none')}</p>}
      {traces.map((trace) => (
        <div key={trace.around} className={styles.points}>
          <h3>{t(`readings.${trace.around}`)}</h3>
          {trace.points.map(({ point: id, readings }) => {
            const point = points.get(id);
            if (point === undefined) return null;
            return point.type === 'number' ? (
              <Numbers key={id} point={point} detail={detail} trace={trace} readings={readings} />
            ) : (
              <States key={id} point={point} readings={readings} />
            );
          })}
        </div>
      ))}
    </section>
  );
}

interface StatesProps {
  readonly point: Point;
  readonly readings: readonly Reading[];
}

interface NumbersProps extends StatesProps {
  readonly detail: TicketDetail;
  readonly trace: TicketTrace;
}

function Numbers({ point, detail, trace, readings }: NumbersProps) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const { from, to } = trace;
  const window = useMemo<Span>(() => ({ from, to }), [from, to]);
  const series = useMemo(() => {
    const since = readings.flatMap(({ at, value }) =>
      typeof value === 'number' ? [{ at, value }] : [],
    );
    return seriesOf([], since, window, point.silentAfter);
  }, [readings, point, window]);
  const episodes = detail.episodes.filter(
    (one) => one.onset < window.to && (one.end ?? window.to) > window.from,
  );
  return (
    <figure className={styles.point}>
      <figcaption>{say(point.label)}</figcaption>
      <Chart
        point={point}
        series={series}
        window={window}
        range={t('range.1h')}
        episodes={episodes}
        height={180}
        onZoom={() => {}}
        onRange={() => {}}
      />
    </figure>
  );
}

/** States have few changes: a list says them better than a picture. */
function States({ point, readings }: StatesProps) {
  const say = usePick();
  const word = useStateWord();
  const own = readings.toSorted((a, b) => a.at - b.at);
  const changes = own.filter((one, index) => one.value !== own[index - 1]?.value);
  return (
    <div className={styles.point}>
      <p>{say(point.label)}</p>
      <ul className={styles.changes}>
        {changes.map((one) => (
          <li key={one.at}>
            <When at={one.at} /> <strong>{word(String(one.value))}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
