import type { Point } from '@caretaker/cloud/contract';
import type { TFunction } from 'i18next';
import { formatDuration } from '../format/duration.ts';
import type { Language } from '../format/language.ts';
import { formatMeasure } from '../format/number.ts';

/** The ways of combining readings that have a word of their own. */
export const overs = [
  'value',
  'mean',
  'leq',
  'min',
  'max',
  'sum',
  'range',
  'rise',
  'fall',
  'rate',
  'percentile',
  'count',
] as const;

/** The word for a way of combining readings; one that came later than this page is a combined value. */
export function overKey(over: string): (typeof overs)[number] | 'other' {
  return overs.find((one) => one === over) ?? 'other';
}

/** Limits in words, each once: rules often share one. */
export function limitTexts(
  t: TFunction<'asset'>,
  point: Pick<Point, 'limits' | 'unit'>,
  language: Language,
): string[] {
  const measure = (number: number) => formatMeasure(number, point.unit, language);
  // What is always a limit needs no second mention as one at times.
  const always = new Set(point.limits.flatMap((one) => (one.conditional ? [] : one.limit)));
  const texts = point.limits.flatMap(({ limit, clear, over, window }) => [
    t(always.has(limit) ? 'limit' : 'limitAtTimes', { value: measure(limit) }),
    ...(clear === null || clear === limit ? [] : [t('clear', { value: measure(clear) })]),
    ...(window === null
      ? []
      : [
          t('over', {
            over: t(`overs.${overKey(over)}`),
            window: formatDuration(window, language),
          }),
        ]),
  ]);
  return [...new Set(texts)];
}
