import type { Asset, Episode } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import styles from './DayStrip.module.css';
import { stripOf } from './strip.ts';

interface Props {
  readonly assets: readonly Asset[];
  readonly episodes: readonly Episode[] | undefined;
}

const hour = 3_600_000;
const height = 16;

/** The last 24 hours of a touchpoint: height is the share of the hour in breach, hatch is unknown. */
export function DayStrip({ assets, episodes }: Props) {
  const { t } = useTranslation('overview');
  const language = useLanguage();
  const now = useNow(60_000);
  const hours = useMemo(() => {
    if (episodes === undefined) return null;
    const ids = new Set(assets.map((asset) => asset.id));
    return stripOf(
      episodes.filter((episode) => ids.has(episode.subject)),
      now,
    );
  }, [assets, episodes, now]);
  if (hours === null) return <div className={styles.strip} />;
  const breach = hours.reduce((sum, one) => sum + one.breach, 0) * hour;
  const unknown = hours.reduce((sum, one) => sum + one.unknown, 0) * hour;
  const label = t('strip', {
    breach: formatDuration(breach, language),
    unknown: formatDuration(unknown, language),
  });
  return (
    <div className={styles.strip} role="img" aria-label={label} title={label}>
      {hours.map((one) => (
        <span key={one.from} className={styles.hour} data-unknown={one.unknown > 0 || undefined}>
          {one.breach > 0 && <i style={{ height: Math.max(1, one.breach * height) }} />}
        </span>
      ))}
    </div>
  );
}
