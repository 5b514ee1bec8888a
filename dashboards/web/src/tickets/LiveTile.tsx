import type { AssetDetail, Point, Ticket } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { useStateWord } from '../asset/use-state-word.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useAsset, usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import styles from './LiveTile.module.css';
import { useAssetDetail } from './use-asset-detail.ts';

/** The points that the ticket's item judges; every point when none of its rules names one. */
function judgedPoints(asset: AssetDetail, item: string): Point[] {
  const ids = new Set(
    asset.detail.conditions.filter((one) => one.item === item).flatMap((one) => one.points),
  );
  return asset.detail.points.filter((point) => ids.has(point.id));
}

/** What the sensor says now: the largest thing on the page, as it decides when the work is done. */
export function LiveTile({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation('tickets');
  const say = usePick();
  const detail = useAssetDetail(ticket.subject);
  const state = useAsset(ticket.subject)?.state ?? detail?.state;
  const points = detail === undefined ? [] : judgedPoints(detail, ticket.item);
  const mark = state === undefined ? 'unknown' : markOf(state);
  return (
    <section className={styles.tile} data-severity={ticket.conditionClear ? 'ok' : ticket.severity}>
      <div className={styles.head}>
        <strong>{t(ticket.conditionClear ? 'cleared' : 'stands')}</strong>
        {state !== undefined && <StateWord mark={mark} />}
        {state !== undefined && state.fact !== null && <span>{say(state.fact)}</span>}
      </div>
      {points.length > 0 && (
        <div className={styles.points}>
          {points.map((point) => (
            <Value key={point.id} point={point} />
          ))}
        </div>
      )}
    </section>
  );
}

function Value({ point }: { readonly point: Point }) {
  const say = usePick();
  const language = useLanguage();
  const word = useStateWord();
  const { t } = useTranslation(['asset', 'shell']);
  const live = usePoint(point.id);
  const { value, at } = live !== undefined && live.at >= (point.at ?? 0) ? live : point;
  const limit = point.limits[0];
  return (
    <div className={styles.point}>
      <span className={styles.label}>{say(point.label)}</span>
      <span className={styles.value}>
        {value === null && t('shell:noReading')}
        {typeof value === 'number' && formatMeasure(value, point.unit, language)}
        {value !== null && typeof value !== 'number' && word(String(value))}
      </span>
      <span className={styles.label}>
        {limit !== undefined &&
          `${t(limit.conditional ? 'asset:limitAtTimes' : 'asset:limit', { value: formatMeasure(limit.limit, point.unit, language) })} · `}
        {at !== null && <Age at={at} />}
      </span>
    </div>
  );
}
