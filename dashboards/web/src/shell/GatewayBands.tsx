import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useAssets, useEstate } from '../live/use-live.ts';
import { Glyph } from '../state/Glyph.tsx';
import { useNow } from '../time/use-now.ts';
import styles from './GatewayBands.module.css';

/** A dead gateway is named once, with what it hides, instead of a wall of unknown tiles. */
export function GatewayBands() {
  const { t } = useTranslation('shell');
  const language = useLanguage();
  const gateways = useEstate()?.gateways ?? [];
  const assets = useAssets();
  const now = useNow();
  const silent = gateways.filter((gateway) => gateway.state !== 'online');
  if (silent.length === 0) return null;
  return (
    <ul className={styles.bands}>
      {silent.map((gateway) => {
        const count = assets.filter((asset) => asset.gateway === gateway.id).length;
        const heard = gateway.lastSeen ?? gateway.since ?? now;
        const duration = formatDuration(now - heard, language);
        return (
          <li key={gateway.id} className={styles.band}>
            <Glyph mark="unknown" size={16} />
            {gateway.state === 'never'
              ? t('gateway.never', { id: gateway.id })
              : t('gateway.silent', { id: gateway.id, duration, count })}
          </li>
        );
      })}
    </ul>
  );
}
