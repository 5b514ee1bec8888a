import type { AssetDetail, Condition } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { formatTime } from '../format/instant.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { markOf, rankOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { useNow } from '../time/use-now.ts';
import styles from './Conditions.module.css';

/** The rules that judge this asset, each in one sentence, worst first. */
export function Conditions({ asset }: { readonly asset: AssetDetail }) {
  const { t } = useTranslation('asset');
  const conditions = asset.detail.conditions.toSorted(
    (a, b) => rankOf(markOf(a)) - rankOf(markOf(b)) || a.rule.localeCompare(b.rule),
  );
  return (
    <section>
      <h2 className={styles.title}>{t('conditions.title')}</h2>
      {conditions.length === 0 && <p className="muted">{t('conditions.none')}</p>}
      {conditions.length > 0 && (
        <ul className={styles.list}>
          {conditions.map((condition) => (
            <Row key={condition.rule} condition={condition} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ condition }: { readonly condition: Condition }) {
  const { t } = useTranslation(['asset', 'words']);
  const say = usePick();
  const language = useLanguage();
  const zone = useZone();
  const now = useNow();
  const mark = markOf(condition);
  const { until, since, phase } = condition;
  const span = until === null ? 0 : until - since;
  const progress = span > 0 ? Math.min(1, Math.max(0, (now - since) / span)) : 0;
  return (
    <li className={styles.row}>
      <StateWord mark={mark} {...(phase === 'pending' ? { progress } : {})} />
      <div>
        <p>{say(condition.sentence)}</p>
        <p className={styles.small}>
          <span>{condition.item}</span>
          <span>{t(`words:effect.${condition.effect}`)}</span>
          {mark !== 'ok' && since > 0 && (
            <span>{t('asset:since', { duration: formatDuration(now - since, language) })}</span>
          )}
          {until !== null && phase === 'pending' && (
            <span>{t('asset:conditions.breachAt', { time: formatTime(until, zone) })}</span>
          )}
          {until !== null && phase === 'clearing' && (
            <span>{t('asset:conditions.clearAt', { time: formatTime(until, zone) })}</span>
          )}
        </p>
      </div>
    </li>
  );
}
