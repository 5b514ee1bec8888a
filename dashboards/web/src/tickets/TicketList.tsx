import type { Ticket } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStableOrder } from '../overview/use-stable-order.ts';
import { Button } from '../ui/Button.tsx';
import { Rows } from '../ui/Rows.tsx';
import { withActs } from './acts.ts';
import styles from './TicketList.module.css';
import { TicketRow } from './TicketRow.tsx';
import { useActs } from './use-acts.ts';

interface Props {
  /** In the order in which they are wanted. */
  readonly tickets: readonly Ticket[];
  /** When the service said how far their clocks are. */
  readonly heard: number;
}

/** Tickets as rows that do not jump while somebody points at them. */
export function TicketList({ tickets, heard }: Props) {
  const { t } = useTranslation(['tickets', 'ticket-list', 'overview']);
  const acts = useActs();
  const wanted = useMemo(() => tickets.map(({ id }) => String(id)), [tickets]);
  const stable = useStableOrder(wanted);
  const byId = useMemo(
    () => new Map(tickets.map((ticket) => [String(ticket.id), withActs(ticket, acts)])),
    [tickets, acts],
  );
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
        <span>{t('ticket-list:columns.what')}</span>
        <span>{t('tickets:columns.state')}</span>
        <span>{t('tickets:columns.owner')}</span>
        <span>{t('ticket-list:columns.clock')}</span>
        <span>{t('tickets:columns.age')}</span>
      </div>
      <Rows
        rows={stable.order.flatMap((id) => byId.get(id) ?? [])}
        idOf={(ticket) => String(ticket.id)}
        render={(ticket) => <TicketRow ticket={ticket} heard={heard} />}
        height={61}
      />
    </div>
  );
}
