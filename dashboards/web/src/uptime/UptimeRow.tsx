import type { BucketsOfTime } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatCount, formatHundredths } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { coverageOf, figuresOf, type Part, parts } from './figures.ts';
import { UptimeBar } from './UptimeBar.tsx';
import styles from './UptimeRow.module.css';

interface Props {
  readonly name: string;
  readonly note?: string;
  readonly time: BucketsOfTime;
  readonly failures: number;
  readonly onOpen: (part: Part) => void;
}

/** One row of uptime: a bar to scale and four figures, each a button to what it is made of. */
export function UptimeRow({ name, note, time, failures, onOpen }: Props) {
  const { t } = useTranslation('uptime');
  const language = useLanguage();
  const figures = figuresOf(time);
  const coverage = coverageOf(time);
  return (
    <div className={styles.row}>
      <span className={styles.name}>
        {name}
        {note !== undefined && <small>{note}</small>}
      </span>
      {figures === null || coverage === null ? (
        <span className={styles.none}>{t('noneRequired')}</span>
      ) : (
        <>
          <UptimeBar name={name} time={time} />
          {parts.map((part) => (
            <button
              key={part}
              type="button"
              className={styles.figure}
              data-part={part}
              data-zero={figures[part] === 0 || undefined}
              aria-label={`${name}: ${t('share', { bucket: t(part), share: formatHundredths(figures[part], language) })}`}
              onClick={() => onOpen(part)}
              data-row={part === 'down' || undefined}
            >
              <small>{t(part)}</small>
              {formatHundredths(figures[part], language)}
            </button>
          ))}
          <span className={styles.plain}>
            <small>{t('coverage')}</small>
            {formatHundredths(coverage, language)}
          </span>
          <span className={styles.plain}>
            <small>{t('failures')}</small>
            {formatCount(failures, language)}
          </span>
        </>
      )}
    </div>
  );
}
