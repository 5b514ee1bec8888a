import type { Point } from '@caretaker/cloud/contract';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../format/instant.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import styles from './Readout.module.css';
import type { Series } from './series.ts';

interface Props {
  readonly point: Point;
  readonly series: Series;
  readonly index: number | null;
  /** Whether a keyboard asked; then the text is announced, 150 ms after the last key. */
  readonly spoken: boolean;
}

/** The value under the cursor, above the plot and so never under the thumb. */
export function Readout({ point, series, index, spoken }: Props) {
  const { t } = useTranslation('asset');
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(60_000);
  const seconds = index === null ? undefined : series.columns[0][index];
  let text = '';
  if (seconds !== undefined && index !== null) {
    const [, lows, highs, lines] = series.columns;
    const time = formatInstant(seconds * 1000, zone, language, now);
    const [min, max, line] = [lows[index] ?? null, highs[index] ?? null, lines[index] ?? null];
    const measure = (value: number) => formatMeasure(value, point.unit, language);
    if (min === null || max === null || line === null) text = t('pointGap', { time });
    else if (min === max) text = t('point', { time, value: measure(line) });
    else
      text = t('pointBand', { time, value: measure(line), min: measure(min), max: measure(max) });
  }
  const announced = useDebounced(spoken ? text : '');
  return (
    <p className={styles.readout}>
      <span aria-hidden="true">{text}</span>
      <span className="visually-hidden" aria-live="assertive">
        {announced}
      </span>
    </p>
  );
}

function useDebounced(text: string): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 150);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
