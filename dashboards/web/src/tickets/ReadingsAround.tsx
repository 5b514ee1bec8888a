import type { Point, TicketDetail } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStateWord } from '../asset/use-state-word.ts';
import { Chart } from '../chart/Chart.tsx';
import { type Span, seriesOf } from '../chart/series.ts';
import { usePick } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import { When } from '../ui/When.tsx';
import styles from './ReadingsAround.module.css';
import { useAssetDetail } from './use-asset-detail.ts';

const halfHour = 1_800_000;

/** The readings that the ticket was opened on, half an hour round the onset. */
export function ReadingsAround({ detail }: { readonly detail: TicketDetail }) {
  const { t } = useTranslation('tickets');
  const asset = useAssetDetail(detail.subject);
  const now = useNow(60_000);
  const byPoint = useMemo(
    () => Map.groupBy(detail.readings, (one) => one.point),
    [detail.readings],
  );
  const window = useMemo<Span>(
    () => ({
      from: detail.onset - halfHour,
      to: Math.min(detail.onset + halfHour, Math.max(now, detail.onset + 60_000)),
    }),
    [detail.onset, now],
  );
  const points = asset?.detail.points.filter((point) => byPoint.has(point.id)) ?? [];
  return (
    <section>
      <h2>{t('readings.title')}</h2>
      {detail.readings.length === 0 && <p className="muted">{t('readings.none')}</p>}
      <div className={styles.points}>
        {points.map((point) =>
          point.type === 'number' ? (
            <Numbers key={point.id} point={point} detail={detail} window={window} />
          ) : (
            <States key={point.id} point={point} detail={detail} />
          ),
        )}
      </div>
    </section>
  );
}

interface Props {
  readonly point: Point;
  readonly detail: TicketDetail;
}

function Numbers({ point, detail, window }: Props & { readonly window: Span }) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const series = useMemo(() => {
    const since = detail.readings.flatMap((one) =>
      one.point === point.id && typeof one.value === 'number'
        ? [{ at: one.at, value: one.value }]
        : [],
    );
    return seriesOf([], since, window, point.silentAfter);
  }, [detail.readings, point, window]);
  const episodes = detail.episodes.filter(
    (one) => one.onset < window.to && (one.end ?? window.to) > window.from,
  );
  return (
    <figure className={styles.point}>
      <figcaption>
        <h3>{say(point.label)}</h3>
      </figcaption>
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
function States({ point, detail }: Props) {
  const say = usePick();
  const word = useStateWord();
  const own = detail.readings
    .filter((one) => one.point === point.id)
    .toSorted((a, b) => a.at - b.at);
  const changes = own.filter((one, index) => one.value !== own[index - 1]?.value);
  return (
    <div className={styles.point}>
      <h3>{say(point.label)}</h3>
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
