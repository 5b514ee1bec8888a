import type { Point } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import styles from './Legend.module.css';

interface Props {
  readonly point: Point;
  readonly unknown: boolean;
}

/** What the strokes mean; always printed, never only on hover. */
export function Legend({ point, unknown }: Props) {
  const { t } = useTranslation('asset');
  const events = point.silentAfter === null;
  const always = point.limits.some(({ conditional }) => !conditional);
  const atTimes = point.limits.some(({ conditional }) => conditional);
  const clears = point.limits.some(({ clear, limit }) => clear !== null && clear !== limit);
  return (
    <ul className={styles.legend}>
      {events ? (
        <li data-stroke="dot">{t('eventPoint')}</li>
      ) : (
        <>
          <li data-stroke="line">{t('legend.line')}</li>
          <li data-stroke="band">{t('legend.band')}</li>
        </>
      )}
      {always && <li data-stroke="limit">{t('legend.limit')}</li>}
      {atTimes && <li data-stroke="limit">{t('legend.limitAtTimes')}</li>}
      {clears && <li data-stroke="clear">{t('legend.clear')}</li>}
      {unknown && <li data-stroke="unknown">{t('legend.unknown')}</li>}
    </ul>
  );
}
