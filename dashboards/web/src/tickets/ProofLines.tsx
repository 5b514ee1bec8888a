import type { Proof } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatClock, formatDuration } from '../format/duration.ts';
import { formatTime } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import styles from './LiveTile.module.css';
import { clearFor, isStill } from './proof-clock.ts';

interface Props {
  readonly proof: Proof;
  /** When it was asked for. */
  readonly heard: number;
}

/** How far the sensor has proved that the fault is gone, and what that means for whoever stands there. */
export function ProofLines({ proof, heard }: Props) {
  const { t } = useTranslation('ticket');
  return (
    <div className={styles.proof}>
      <strong aria-live="polite">{t(`proof.${proof.phase}`)}</strong>
      <Story proof={proof} heard={heard} />
      <Share proof={proof} heard={heard} />
    </div>
  );
}

function Story({ proof, heard }: Props) {
  const { t } = useTranslation('ticket');
  const language = useLanguage();
  const zone = useZone();
  const now = useNow();
  const since = formatTime(proof.since, zone);
  const lasting = formatDuration(now - proof.since, language);
  switch (proof.phase) {
    case 'breach':
      return <span>{t('proof.breachSince', { time: lasting })}</span>;
    case 'counting':
      return <span>{proof.events !== null && t('proof.countingHow', proof.events)}</span>;
    case 'clearing':
      return (
        <span>
          {t('proof.clearFor', {
            time: formatClock(clearFor(proof, heard, now), language),
            needed: formatClock(proof.needed, language),
          })}
          {proof.events !== null && ` · ${t('proof.quiet', proof.events)}`}
          {isStill(proof, now) && <small>{t('proof.still')}</small>}
        </span>
      );
    case 'denied':
      return <span>{t('proof.deniedAt', { time: since })}</span>;
    case 'proven':
      return <span>{t('proof.provenSince', { time: since })}</span>;
    case 'latched':
      return <span>{t('proof.latchedHow', { time: since })}</span>;
    case 'silent':
      return (
        <span>
          {t('proof.silentFor', { time: lasting })} <small>{t('proof.silentHow')}</small>
        </span>
      );
  }
}

/** The bar that fills while nothing happens, or with each quiet event. */
function Share({ proof, heard }: Props) {
  const { t } = useTranslation('ticket');
  const now = useNow();
  const { phase, events, needed } = proof;
  if (phase === 'counting' && events !== null) {
    return <progress value={events.quiet} max={events.needed} aria-label={t('proof.counting')} />;
  }
  if (phase !== 'clearing' || needed <= 0) return null;
  const share = Math.min(1, clearFor(proof, heard, now) / needed);
  return <progress value={share} max={1} aria-label={t('proof.clearing')} />;
}
