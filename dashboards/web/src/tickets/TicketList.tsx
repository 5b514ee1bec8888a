import type { Ticket } from '@caretaker/cloud/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStableOrder } from '../overview/use-stable-order.ts';
import { useKey } from '../shell/keys.ts';
import { Button } from '../ui/Button.tsx';
import { Rows } from '../ui/Rows.tsx';
import { withActs } from './acts.ts';
import type { Selection } from './bulk/use-selection.ts';
import styles from './TicketList.module.css';
import { TicketRow } from './TicketRow.tsx';
import { useActs } from './use-acts.ts';

interface Props {
  /** In the order in which they are wanted. */
  readonly tickets: readonly Ticket[];
  /** When the service said how far their clocks are. */
  readonly heard: number;
  /** Null where nothing can be done with several at once. */
  readonly selection: Selection | null;
}

/** Tickets as rows that do not jump while somebody points at them. */
export function TicketList({ tickets, heard, selection }: Props) {
  const { t } = useTranslation(['tickets', 'ticket-list', 'overview']);
  const acts = useActs();
  const wanted = useMemo(() => tickets.map(({ id }) => String(id)), [tickets]);
  const stable = useStableOrder(wanted);
  useKey('x', () => {
    const id = focusedTicket();
    if (id !== null) selection?.toggle(id);
  });
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
      <div className={styles.columns}>
        <span>{selection !== null && <SelectAll tickets={tickets} selection={selection} />}</span>
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
        render={(ticket) => <TicketRow ticket={ticket} heard={heard} selection={selection} />}
        height={61}
      />
    </div>
  );
}

interface AllProps {
  readonly tickets: readonly Ticket[];
  readonly selection: Selection;
}

function SelectAll({ tickets, selection }: AllProps) {
  const { t } = useTranslation('ticket-list');
  const all = selection.tickets.length === tickets.length;
  return (
    <input
      type="checkbox"
      aria-label={t('bulk.selectAll')}
      checked={all}
      ref={(box) => {
        if (box !== null) box.indeterminate = !all && selection.tickets.length > 0;
      }}
      onChange={() => selection.set(all ? [] : tickets.map(({ id }) => id))}
    />
  );
}

/** The ticket of the row that has the focus. */
function focusedTicket(): number | null {
  const { activeElement } = document;
  const id = activeElement instanceof HTMLElement ? Number(activeElement.dataset.ticket) : NaN;
  return Number.isNaN(id) ? null : id;
}
