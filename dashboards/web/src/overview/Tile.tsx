import type { Episode } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useTickets } from '../live/use-live.ts';
import { Glyph } from '../state/Glyph.tsx';
import { markOf } from '../state/mark.ts';
import { byUrgency, isOpen } from '../tickets/order.ts';
import { AssetCounts } from './AssetCounts.tsx';
import { DayStrip } from './DayStrip.tsx';
import { FactLine } from './FactLine.tsx';
import type { Group } from './groups.ts';
import styles from './Tile.module.css';
import { useFresh } from './use-fresh.ts';

interface Props {
  readonly group: Group;
  /** Episodes of the estate in the last 24 h; absent until they are loaded. */
  readonly episodes: readonly Episode[] | undefined;
}

/** One touchpoint: its worst state, the one fact behind it, and counts that add up. */
export function Tile({ group, episodes }: Props) {
  const { t } = useTranslation(['overview', 'words']);
  const say = usePick();
  const worst = group.assets[0];
  const solid = group.mark === 'emergency';
  const fresh = useFresh(worst?.state);
  const number = group.number < 99 ? `${group.number} ` : '';
  return (
    <li className={styles.tile} data-mark={group.mark} data-fresh={fresh || undefined}>
      <div className={styles.head}>
        <Glyph mark={group.mark} inverted={solid} />
        <h2 className={styles.name}>
          <Link
            to="/touchpoints/$group"
            params={{ group: group.id }}
            className={styles.link}
            data-row
          >
            {number}
            {say(group.name)}
          </Link>
        </h2>
        <span className={styles.word}>{t(`words:mark.${group.mark}`)}</span>
      </div>
      <div className={styles.fact}>
        {worst !== undefined && markOf(worst.state) !== 'ok' && <FactLine asset={worst} />}
      </div>
      <div className={styles.counts}>
        <AssetCounts assets={group.assets} />
        <TileTicket ids={group.tickets} />
      </div>
      <DayStrip assets={group.assets} episodes={episodes} />
    </li>
  );
}

/** The most urgent ticket of the tile. */
function TileTicket({ ids }: { readonly ids: readonly number[] }) {
  const { t } = useTranslation('tickets');
  const tickets = useTickets().filter((ticket) => ids.includes(ticket.id) && isOpen(ticket));
  const first = tickets.toSorted(byUrgency)[0];
  if (first === undefined) return null;
  return (
    <span className={styles.ticket}>
      <Link to="/tickets/$ticket" params={{ ticket: String(first.id) }}>
        {first.ref}
      </Link>
      {tickets.length > 1 && ` +${tickets.length - 1}`}
      {first.state === 'new' ? <b className={styles.new}>{t('new')}</b> : ` ${first.owner ?? ''}`}
    </span>
  );
}
