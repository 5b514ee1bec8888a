import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../format/duration.ts';
import { formatInstant } from '../../format/instant.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useZone } from '../../live/use-live.ts';
import { useNow } from '../../time/use-now.ts';
import formStyles from '../../ui/Form.module.css';
import styles from './Choice.module.css';
import { clockFace, instantOf } from './zone-time.ts';

interface Props {
  readonly id: string;
  /** Hours from now that one tap gives. */
  readonly quick: readonly number[];
  readonly value: unknown;
  readonly onChange: (value: number | undefined) => void;
}

const hour = 3_600_000;

/** An instant, by one tap or by date and time in the zone of the estate; the answer is printed below. */
export function WhenField({ id, quick, value, onChange }: Props) {
  const { t } = useTranslation('ticket');
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(60_000);
  const at = typeof value === 'number' ? value : null;
  return (
    <>
      {quick.length > 0 && (
        <div className={styles.chips}>
          {quick.map((hours) => (
            <button
              key={hours}
              type="button"
              className={styles.tap}
              aria-pressed={at === now + hours * hour}
              onClick={() => onChange(now + hours * hour)}
            >
              {t('inTime', { time: formatDuration(hours * hour, language) })}
            </button>
          ))}
        </div>
      )}
      <input
        id={id}
        type="datetime-local"
        aria-label={t('dayAndTime')}
        className={formStyles.field}
        value={at === null ? '' : clockFace(at, zone)}
        onChange={(event) => onChange(instantOf(event.currentTarget.value, zone))}
      />
      <p className={formStyles.hint}>
        {at === null
          ? t('zone', { zone })
          : t('chosen', { time: formatInstant(at, zone, language, now), zone })}
      </p>
    </>
  );
}
