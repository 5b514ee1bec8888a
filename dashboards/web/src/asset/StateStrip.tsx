import { useTranslation } from 'react-i18next';
import type { Span } from '../chart/series.ts';
import type { StateSpan } from '../chart/states.ts';
import { formatDuration } from '../format/duration.ts';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import styles from './StateStrip.module.css';
import { useStateWord } from './use-state-word.ts';

/** Resting states are light, so that the eye finds the others; shades, as no state is a breach by itself. */
const resting = new Set(['closed', 'normal', 'false']);

function shadeOf(state: string, states: readonly string[]): number {
  if (resting.has(state)) return 0;
  return 1 + (states.filter((one) => !resting.has(one)).indexOf(state) % 3);
}

interface Props {
  readonly spans: readonly StateSpan[];
  readonly window: Span;
}

/** States over time, to scale; hatch is unknown. */
export function StateStrip({ spans, window }: Props) {
  const { t } = useTranslation('words');
  const word = useStateWord();
  const language = useLanguage();
  const zone = useZone();
  const length = window.to - window.from;
  const states = [...new Set(spans.flatMap(({ state }) => state ?? []))].sort();
  const totals = new Map<string | null, number>();
  for (const { state, from, to } of spans) totals.set(state, (totals.get(state) ?? 0) + to - from);
  const name = (state: string | null) => (state === null ? t('value.gap') : word(state));
  const summary = [...totals]
    .map(([state, time]) => `${name(state)} ${formatDuration(time, language)}`)
    .join(', ');
  return (
    <>
      <div className={styles.strip} role="img" aria-label={summary}>
        {spans.map((span) => (
          <span
            key={span.from}
            className={styles.span}
            data-shade={span.state === null ? 'unknown' : shadeOf(span.state, states)}
            title={`${name(span.state)} · ${formatInstant(span.from, zone, language, window.to)} · ${formatDuration(span.to - span.from, language)}`}
            style={{
              left: `${((span.from - window.from) / length) * 100}%`,
              width: `max(1px, ${((span.to - span.from) / length) * 100}%)`,
            }}
          />
        ))}
      </div>
      <ul className={styles.legend} aria-hidden="true">
        {[...totals].map(([state, time]) => (
          <li key={state ?? ''} data-shade={state === null ? 'unknown' : shadeOf(state, states)}>
            {name(state)} {formatDuration(time, language)}
          </li>
        ))}
      </ul>
    </>
  );
}
