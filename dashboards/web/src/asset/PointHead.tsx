import type { Point } from '@caretaker/cloud/contract';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import type { Language } from '../format/language.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import styles from './PointHead.module.css';

const overs = ['value', 'mean', 'leq', 'max', 'min', 'count'] as const;

/** Limits in words, each once: rules often share one. */
function limitTexts(t: TFunction<'asset'>, point: Point, language: Language): string[] {
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
            over: t(`overs.${overs.find((one) => one === over) ?? 'other'}`),
            window: formatDuration(window, language),
          }),
        ]),
  ]);
  return [...new Set(texts)];
}

/** Name, value now and its age; the limits in words. */
export function PointHead({ point }: { readonly point: Point }) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const language = useLanguage();
  const live = usePoint(point.id);
  const fresh = live !== undefined && live.at >= (point.at ?? 0) ? live : point;
  const { value, at } = fresh;
  const mark = markOf(fresh);
  const measure = (number: number) => formatMeasure(number, point.unit, language);
  return (
    <figcaption className={styles.head} data-mark={mark}>
      <div>
        <h3>{say(point.label)}</h3>
        <p className={styles.limits}>
          {limitTexts(t, point, language).map((text) => (
            <span key={text}>{text}</span>
          ))}
        </p>
      </div>
      <div className={styles.now}>
        {mark !== 'ok' && <StateWord mark={mark} />}
        <span className={styles.value}>{typeof value === 'number' ? measure(value) : ''}</span>
        <span className={styles.age}>{at === null ? '' : <Age at={at} />}</span>
      </div>
    </figcaption>
  );
}
