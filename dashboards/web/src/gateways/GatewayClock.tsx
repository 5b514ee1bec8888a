import type { Gateway } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import styles from './GatewayClock.module.css';

/** Off by more than this is worth a look; by more than the second it spoils readings. */
const worthALookMs = 5_000;
const wrongMs = 5 * 60_000;
const exactBelowMs = 60_000;

/** How a gateway's clock stands against the cloud's. */
export function GatewayClock({ clock }: { readonly clock: Gateway['clock'] }) {
  const { t } = useTranslation('gateways');
  const language = useLanguage();
  if (clock === null) return '–';
  const { basis, offsetMs, uncertaintyMs } = clock;
  const off = Math.abs(offsetMs ?? 0);
  const wrong = off > wrongMs || basis === 'unknown';
  const tone = wrong ? 'bad' : off > worthALookMs || basis !== 'clock' ? 'note' : 'good';
  const seconds = Math.round(off / 100) / 10;
  const length =
    off < exactBelowMs
      ? formatMeasure(seconds, language === 'zh-CN' ? '秒' : 's', language)
      : formatDuration(off, language);
  const sure = off > Math.max(uncertaintyMs ?? 0, 50);
  return (
    <span className={styles.clock} data-tone={tone}>
      {offsetMs === null && t('clock.unmeasured')}
      {offsetMs !== null && !sure && t('clock.agrees')}
      {offsetMs !== null && sure && t(offsetMs > 0 ? 'clock.ahead' : 'clock.behind', { length })}
      {basis !== 'clock' && <small>{t(`clock.${basis}`)}</small>}
    </span>
  );
}
