import type { Asset } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { formatTime } from '../format/instant.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { PlannedNote } from '../state/PlannedNote.tsx';
import { useNow } from '../time/use-now.ts';
import styles from './FactLine.module.css';

interface Props {
  readonly asset: Asset;
  /** Leaves the name out where the row already carries it. */
  readonly bare?: boolean;
}

/** The fact, not the mood: which asset, what it reads against which limit, for how long. */
export function FactLine({ asset, bare = false }: Props) {
  const { t } = useTranslation(['overview', 'asset']);
  const say = usePick();
  const language = useLanguage();
  const zone = useZone();
  const now = useNow();
  const { fact, since, until, planned } = asset.state;
  const told = fact !== null || planned === null;
  const length = since === null || !told ? null : formatDuration(now - since, language);
  return (
    <p className={styles.fact}>
      {!bare && <strong>{say(asset.name)} </strong>}
      {fact !== null && `${say(fact)} `}
      {fact === null && planned === null && t('overview:noFact')}
      <PlannedNote planned={planned} />
      {(length !== null || until !== null) && (
        <span className={styles.time}>
          {length !== null && t('asset:since', { duration: length })}
          {until !== null && ` · ${t('overview:until', { time: formatTime(until, zone) })}`}
        </span>
      )}
    </p>
  );
}
