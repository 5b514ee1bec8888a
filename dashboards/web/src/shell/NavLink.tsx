import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTickets } from '../live/use-live.ts';
import { isOpen } from '../tickets/order.ts';
import styles from './NavLink.module.css';
import type { Place } from './places.ts';

interface Props {
  readonly place: Place;
  readonly className: string;
  readonly children: ReactNode;
}

/** A menu entry; that of the tickets counts those that nobody has taken yet. */
export function NavLink({ place, className, children }: Props) {
  const { t } = useTranslation('shell');
  return (
    <Link
      to={place.to}
      className={className}
      activeOptions={{ exact: place.to === '/', includeSearch: false }}
      activeProps={{ 'data-active': true }}
    >
      {children}
      <span>{t(`nav.${place.name}`)}</span>
      {place.name === 'tickets' && <NewTickets />}
    </Link>
  );
}

function NewTickets() {
  const { t } = useTranslation('shell');
  const tickets = useTickets();
  const count = tickets.filter((ticket) => isOpen(ticket) && ticket.state === 'new').length;
  if (count === 0) return null;
  return (
    <b className={styles.count}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{t('newTickets', { count })}</span>
    </b>
  );
}
