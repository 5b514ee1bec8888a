import type { Point } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatMeasure } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import { limitTexts } from './limit-words.ts';
import styles from './PointHead.module.css';

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
