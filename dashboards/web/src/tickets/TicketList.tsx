import type { Ticket } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStableOrder } from '../overview/use-stable-order.ts';
import { Button } from '../ui/Button.tsx';
import { Rows } from '../ui/Rows.tsx';
import { withActs } from './acts.ts';
import { byOpened, byUrgency } from './order.ts';
import styles from './TicketList.module.css';
import { TicketRow } from './TicketRow.tsx';
import { useActs } from './use-acts.ts';

interface Props {
  readonly tickets: readonly Ticket[];
  readonly order: 'urgency' | 'opened';
}

/** Tickets as rows that do not jump while somebody points at them. */
export function TicketList({ tickets, order }: Props) {
  const { t } = useTranslation(['tickets', 'overview']);
  const acts = useActs();
  const shown = useMemo(() => tickets.map((ticket) => withActs(ticket, acts)), [tickets, acts]);
  const wanted = useMemo(
    () =>
      shown.toSorted(order === 'urgency' ? byUrgency : byOpened).map((ticket) => String(ticket.id)),
    [shown, order],
  );
  const stable = useStableOrder(wanted);
  const byId = new Map(shown.map((ticket) => [String(ticket.id), ticket]));
  return (
    <div {...stable.hold}>
      {stable.changes > 0 && (
        <div className={styles.chip}>
          <Button onClick={stable.reorder}>
            {t('overview:reorder', { count: stable.changes })}
          </Button>
        </div>
      )}
      <div className={styles.columns} aria-hidden="true">
        <span>{t('tickets:columns.severity')}</span>
        <span>{t('tickets:columns.ticket')}</span>
        <span>{t('tickets:columns.what')}</span>
        <span>{t('tickets:columns.state')}</span>
        <span>{t('tickets:columns.owner')}</span>
        <span>{t('tickets:columns.age')}</span>
        <span />
      </div>
      <Rows
        rows={stable.order.flatMap((id) => byId.get(id) ?? [])}
        idOf={(ticket) => String(ticket.id)}
        render={(ticket) => <TicketRow ticket={ticket} />}
        height={57}
      />
    </div>
  );
}
