import type { Episode, Point } from '@caretaker/cloud/contract';
import { lazy, Suspense, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useColours } from '../theme/use-colours.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Chart.module.css';
import { EpisodeLane } from './EpisodeLane.tsx';
import { Legend } from './Legend.tsx';
import { ReadingsTable } from './ReadingsTable.tsx';
import { Readout } from './Readout.tsx';
import type { Series, Span } from './series.ts';
import { summaryOf } from './summary.ts';
import { useChartKeys } from './use-chart-keys.ts';

const Plot = lazy(() => import('./Plot.tsx').then((module) => ({ default: module.Plot })));

interface Props {
  readonly point: Point;
  readonly series: Series;
  readonly window: Span;
  /** Name of the time shown, as in "last 24 h". */
  readonly range: string;
  readonly episodes: readonly Episode[];
  readonly height: number;
  readonly onZoom: (span: Span) => void;
  readonly onRange: (by: 1 | -1) => void;
}

/** A canvas is mute and dead to the keyboard: this gives it a name, keys, a readout and a table. */
export function Chart({ point, series, window, range, episodes, height, onZoom, onRange }: Props) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const language = useLanguage();
  const zone = useZone();
  const [colours] = useColours();
  const [chosen, setChosen] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const help = useId();
  const keys = useChartKeys({ series, episodes, chosen, setChosen, setTable, onRange });
  const summary = useMemo(
    () => summaryOf(t, { label: say(point.label), point, series, episodes, range, language }),
    [t, say, point, series, episodes, range, language],
  );
  const index = chosen ?? pointed;
  return (
    <div className={styles.chart}>
      <Readout point={point} series={series} index={index} spoken={chosen !== null} />
      {table ? (
        <ReadingsTable point={point} samples={series.samples} onBack={() => setTable(false)} />
      ) : (
        <div
          role="application"
          aria-label={summary}
          aria-describedby={help}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart takes keys.
          tabIndex={0}
          className={styles.keys}
          onKeyDown={keys}
          onBlur={() => setChosen(null)}
        >
          <Suspense fallback={<div style={{ height }} />}>
            <Plot
              series={series}
              window={window}
              limits={point.limits}
              zone={zone}
              language={language}
              colours={colours}
              events={point.silentAfter === null}
              chosen={chosen}
              onPoint={setPointed}
              onZoom={onZoom}
              height={height}
            />
          </Suspense>
        </div>
      )}
      {!table && episodes.length > 0 && <EpisodeLane episodes={episodes} window={window} />}
      <p id={help} className="visually-hidden">
        {t('chartHelp')}
      </p>
      <div className={styles.foot}>
        {!table && <Legend point={point} unknown={series.unknown.length > 0} />}
        <Button look="quiet" onClick={() => setTable(!table)}>
          {t(table ? 'chart' : 'table')}
        </Button>
      </div>
    </div>
  );
}
