import type { Point } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatExact } from '../format/instant.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import styles from './ReadingsTable.module.css';
import type { Sample } from './series.ts';

interface Props {
  readonly point: Point;
  readonly samples: readonly Sample[];
  /** Back to the chart, by the same key that led here. */
  readonly onBack: () => void;
}

/** The same data as the chart, newest first. */
export function ReadingsTable({ point, samples, onBack }: Props) {
  const { t } = useTranslation('asset');
  const say = usePick();
  const language = useLanguage();
  const zone = useZone();
  const number = (value: number) => formatNumber(value, language);
  const heads = ['from', 'readings', 'min', 'mean', 'max', 'last'] as const;
  return (
    <section
      ref={focusNow}
      className={styles.box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label={say(point.label)}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey) onBack();
      }}
    >
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`columns.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {samples.toReversed().map((sample) => (
            <tr key={sample.at}>
              <td>{formatExact(sample.n === 1 ? sample.lastAt : sample.from, zone, language)}</td>
              <td>{formatCount(sample.n, language)}</td>
              <td>{number(sample.min)}</td>
              <td>{number(sample.mean)}</td>
              <td>{number(sample.max)}</td>
              <td>{number(sample.last)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The table takes the place of the chart, so it takes the focus too. */
function focusNow(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}
