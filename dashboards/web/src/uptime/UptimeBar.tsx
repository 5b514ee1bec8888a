import type { BucketsOfTime } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatHundredths } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { figuresOf } from './figures.ts';
import styles from './UptimeBar.module.css';

interface Props {
  readonly name: string;
  readonly time: BucketsOfTime;
}

/** Drawn to scale; at least one pixel for what lasted at all, so that nothing vanishes. */
export function UptimeBar({ name, time }: Props) {
  const { t } = useTranslation('uptime');
  const language = useLanguage();
  const figures = figuresOf(time);
  if (figures === null) return null;
  const pieces = [
    ['up', time.up - time.degraded],
    ['degraded', time.degraded],
    ['down', time.down],
    ['planned', time.planned],
    ['unknown', time.unknown],
  ] as const;
  const label = t('bar', {
    name,
    up: formatHundredths(figures.up, language),
    down: formatHundredths(figures.down, language),
    planned: formatHundredths(figures.planned, language),
    unknown: formatHundredths(figures.unknown, language),
  });
  return (
    <span className={styles.bar} role="img" aria-label={label}>
      {pieces.map(
        ([piece, length]) =>
          length > 0 && (
            <i key={piece} data-piece={piece} style={{ flexGrow: length / time.required }} />
          ),
      )}
    </span>
  );
}
