import type { AssetDetail, Point, Proof, Ticket, TicketDetail } from '@caretaker/cloud/contract';
import { isOpen } from '@caretaker/cloud/contract/ticket-states';
import { useTranslation } from 'react-i18next';
import { useStateWord } from '../asset/use-state-word.ts';
import { formatMeasure } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useAsset, usePoint } from '../live/use-live.ts';
import { markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import { Age } from '../ui/Age.tsx';
import styles from './LiveTile.module.css';
import { ProofLines } from './ProofLines.tsx';
import { useAssetDetail } from './use-asset-detail.ts';

interface Props {
  readonly ticket: Ticket;
  readonly detail: TicketDetail;
  /** When the details were asked for. */
  readonly heard: number;
}

/** The points that decide; those that the ticket's item judges where nothing is being proven. */
function judgedPoints(asset: AssetDetail, item: string, proof: Proof | null): Point[] {
  const conditions = asset.detail.conditions.filter((one) => one.item === item);
  const ids = new Set(proof?.points ?? conditions.flatMap((one) => one.points));
  return asset.detail.points.filter((point) => ids.has(point.id));
}

/** How the edge of the tile is drawn: by severity while it stands, by the proof afterwards. */
function edgeOf(ticket: Ticket, proof: Proof | null): string {
  if (proof === null) return ticket.conditionClear ? 'ok' : ticket.severity;
  if (proof.phase === 'clearing' || proof.phase === 'counting') return 'clearing';
  if (proof.phase === 'silent') return 'unknown';
  return proof.phase === 'proven' || proof.phase === 'latched' ? 'ok' : ticket.severity;
}

/** What the sensor says now: the largest thing on the page, as it decides when the work is done. */
export function LiveTile({ ticket, detail, heard }: Props) {
  const { t } = useTranslation('ticket');
  const say = usePick();
  const asset = useAssetDetail(ticket.subject);
  const state = useAsset(ticket.subject)?.state ?? asset?.state;
  const proof = isOpen(ticket.state) ? detail.proof : null;
  const points = asset === undefined ? [] : judgedPoints(asset, ticket.item, proof);
  const unwatched = ticket.item === '' || (proof === null && isOpen(ticket.state));
  if (unwatched && points.length === 0) {
    if (!isOpen(ticket.state)) return null;
    return (
      <section className={styles.tile}>
        <strong>{t('proof.noSensor')}</strong>
        <p className={styles.label}>{t('proof.none')}</p>
      </section>
    );
  }
  return (
    <section className={styles.tile} data-edge={edgeOf(ticket, proof)}>
      {proof === null ? (
        <div className={styles.head}>
          <strong>{t(ticket.conditionClear ? 'proof.clear' : 'proof.breach')}</strong>
          {state !== undefined && <StateWord mark={markOf(state)} />}
          {state !== undefined && state.fact !== null && <span>{say(state.fact)}</span>}
        </div>
      ) : (
        <ProofLines proof={proof} heard={heard} />
      )}
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
