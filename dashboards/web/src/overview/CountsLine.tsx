import type { Asset } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useTickets } from '../live/use-live.ts';
import { sumPoints } from '../state/counts.ts';
import { Glyph } from '../state/Glyph.tsx';
import { isOpen } from '../tickets/order.ts';
import styles from './CountsLine.module.css';

/** Points by state, adding up, and the tickets they made. */
export function CountsLine({ assets }: { readonly assets: readonly Asset[] }) {
  const { t } = useTranslation('overview');
  const points = sumPoints(assets.map((asset) => asset.state.points));
  const open = useTickets().filter(isOpen);
  const fresh = open.filter((ticket) => ticket.state === 'new').length;
  return (
    <div className={styles.line}>
      <span data-some={points.breach > 0 || undefined}>
        {t('counts.breach', { count: points.breach })}
      </span>
      <span>{t('counts.pending', { count: points.pending })}</span>
      <span>
        {points.unknown > 0 && <Glyph mark="unknown" size={14} />}
        {t('counts.unknown', { count: points.unknown })}
      </span>
      <span>{t('counts.ok', { count: points.ok })}</span>
      <span className="muted">{t('counts.total', { count: points.total })}</span>
      <Link to="/tickets" className={styles.tickets}>
        {t('tickets', { count: open.length })}
        {fresh > 0 && `, ${t('unowned', { count: fresh })}`}
      </Link>
    </div>
  );
}
