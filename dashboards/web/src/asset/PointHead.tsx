import type { Point } from '@caretaker/cloud/contract';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import styles from './PointHead.module.css';

const overs = ['value', 'mean', 'leq', 'max', 'min', 'count'] as const;

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
    <figcaption className={styles['head']} data-mark={mark}>
      <div>
        <h3>{say(point.label)}</h3>
        <p className={styles['limits']}>
          {point.limits.map((limit) => (
            <Fragment key={`${limit.rule} ${limit.limit}`}>
              <span>{t('limit', { value: measure(limit.limit) })}</span>
              {limit.clear !== null && <span>{t('clear', { value: measure(limit.clear) })}</span>}
              {limit.window !== null && (
                <span>
                  {t('over', {
                    over: t(`overs.${overs.find((one) => one === limit.over) ?? 'other'}`),
                    window: formatDuration(limit.window, language),
                  })}
                </span>
              )}
            </Fragment>
          ))}
        </p>
      </div>
      <div className={styles['now']}>
        {mark !== 'ok' && <StateWord mark={mark} />}
        <span className={styles['value']}>{typeof value === 'number' ? measure(value) : ''}</span>
        <span className={styles['age']}>{at === null ? '' : <Age at={at} />}</span>
      </div>
    </figcaption>
  );
}
