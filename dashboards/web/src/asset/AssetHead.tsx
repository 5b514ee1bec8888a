import type { AssetDetail } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useAsset, useTickets } from '../live/use-live.ts';
import { useGroups } from '../overview/use-groups.ts';
import { markOf } from '../state/mark.ts';
import { PlannedNote } from '../state/PlannedNote.tsx';
import { StateWord } from '../state/StateWord.tsx';
import { isOpen } from '../tickets/order.ts';
import { useNow } from '../time/use-now.ts';
import { BackLink } from '../ui/BackLink.tsx';
import styles from './AssetHead.module.css';

/** Which asset, how it is, since when, and who is on it. Live. */
export function AssetHead({ asset }: { readonly asset: AssetDetail }) {
  const { t } = useTranslation(['asset', 'tickets']);
  const say = usePick();
  const language = useLanguage();
  const now = useNow();
  const state = useAsset(asset.id)?.state ?? asset.state;
  const { groups } = useGroups();
  const group = groups.find((one) => one.id === asset.group);
  const tickets = useTickets().filter((one) => one.subject === asset.id && isOpen(one));
  const mark = markOf(state);
  const place = say(asset.place);
  return (
    <header className={styles.head}>
      <BackLink to="/assets" group={asset.group}>
        {group === undefined ? t('asset:toAssets') : say(group.name)}
      </BackLink>
      <div className={styles.line}>
        <h1>{say(asset.name)}</h1>
        <span className={styles.kind}>
          {say(asset.kindLabel)}
          {place !== '' && ` · ${place}`}
        </span>
      </div>
      <div className={styles.state} data-mark={mark}>
        <StateWord mark={mark} size={20} />
        <PlannedNote planned={state.planned} />
        {state.fact !== null && <strong>{say(state.fact)}</strong>}
        {state.since !== null && mark !== 'ok' && (
          <span className="muted">
            {t('asset:since', { duration: formatDuration(now - state.since, language) })}
          </span>
        )}
        {tickets.map((ticket) => (
          <Link
            key={ticket.id}
            to="/tickets/$ticket"
            params={{ ticket: String(ticket.id) }}
            className={styles.ticket}
          >
            {ticket.ref} · {ticket.owner ?? t('tickets:nobody')}
          </Link>
        ))}
        {state.planned !== null && <p className={styles.reason}>{state.planned.reason}</p>}
      </div>
    </header>
  );
}
