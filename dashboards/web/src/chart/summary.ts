import type { Episode, Point } from '@caretaker/cloud/contract';
import type { TFunction } from 'i18next';
import { formatDuration } from '../format/duration.ts';
import type { Language } from '../format/language.ts';
import { formatMeasure } from '../format/number.ts';
import type { Series } from './series.ts';

interface Parts {
  readonly label: string;
  readonly point: Point;
  readonly series: Series;
  readonly episodes: readonly Episode[];
  readonly range: string;
  readonly language: Language;
}

/** The chart in one sentence, for those who do not see it. */
export function summaryOf(t: TFunction<'asset'>, parts: Parts): string {
  const { label, point, series, episodes, range, language } = parts;
  const { samples } = series;
  const last = samples.at(-1);
  if (last === undefined) return t('summary.none', { label, range });
  const value = (number: number) => formatMeasure(number, point.unit, language);
  const unknown = series.unknown.reduce((sum, span) => sum + span.to - span.from, 0);
  return t('summary.number', {
    label,
    range,
    min: value(Math.min(...samples.map(({ min }) => min))),
    max: value(Math.max(...samples.map(({ max }) => max))),
    last: value(last.last),
    limits: point.limits
      .map(({ limit, conditional }) =>
        t(conditional ? 'summary.limitAtTimes' : 'summary.limit', { value: value(limit) }),
      )
      .join(''),
    episodes: t('summary.episodes', { count: episodes.length }),
    unknown:
      unknown > 0
        ? t('summary.unknown', { duration: formatDuration(unknown, language) })
        : t('summary.known'),
  });
}
