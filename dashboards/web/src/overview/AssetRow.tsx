import type { Asset } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useAsset, useTickets } from '../live/use-live.ts';
import { isAbnormal, markOf } from '../state/mark.ts';
import { StateWord } from '../state/StateWord.tsx';
import styles from './AssetRow.module.css';
import { FactLine } from './FactLine.tsx';

/** One asset: state, name, place, fact, tickets. Renews alone when its own state changes. */
export function AssetRow({ asset: given }: { readonly asset: Asset }) {
  const asset = useAsset(given.id) ?? given;
  const say = usePick();
  const { t } = useTranslation('overview');
  const mark = markOf(asset.state);
  const { ok, breach, pending, unknown } = asset.state.points;
  const place = say(asset.place);
  return (
    <div className={styles.row} data-mark={mark}>
      <StateWord mark={mark} />
      <div className={styles.name}>
        <Link
          to="/assets/$estate/$asset"
          params={{ estate: asset.estate, asset: asset.asset }}
          className={styles.link}
          data-row
        >
          {say(asset.name)}
        </Link>
        <span className={styles.place}>
          {say(asset.kindLabel)}
          {place !== '' && ` · ${place}`}
        </span>
      </div>
      <div className={styles.fact}>
        {isAbnormal(mark) || mark === 'planned' ? (
          <FactLine asset={asset} bare />
        ) : (
          <span className="muted">{t('points', { count: ok + breach + pending + unknown })}</span>
        )}
      </div>
      <Tickets ids={asset.state.tickets} />
    </div>
  );
}

function Tickets({ ids }: { readonly ids: readonly number[] }) {
  const tickets = useTickets().filter((ticket) => ids.includes(ticket.id));
  return (
    <div className={styles.tickets}>
      {tickets.map((ticket) => (
        <Link key={ticket.id} to="/tickets/$ticket" params={{ ticket: String(ticket.id) }}>
          {ticket.ref}
        </Link>
      ))}
    </div>
  );
}
