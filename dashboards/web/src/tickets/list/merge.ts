import type { Ticket } from '@caretaker/cloud/contract';
import { rankOf } from '../../state/mark.ts';
import { isOpen } from '../order.ts';
import { type Sort, sortOf, type TicketsSearch, tabOf } from './search.ts';

/** Whose list it is, and when they look. */
export interface Looker {
  readonly person: string | null;
  readonly now: number;
}

function isInTab(ticket: Ticket, search: TicketsSearch, { person, now }: Looker): boolean {
  const tab = tabOf(search);
  if (tab === 'all') return true;
  if (!isOpen(ticket)) return false;
  const { ownerPerson, assigned, handover, clock, state } = ticket;
  const theirs = [ownerPerson, assigned?.person, handover?.to?.person];
  switch (tab) {
    case 'open':
      return true;
    case 'mine':
      return person !== null && theirs.includes(person);
    case 'late':
      return clock !== null && clock.due <= now;
    case 'waiting':
      return state === 'waiting';
    case 'proving':
      return state === 'fixed';
  }
}

const has = (wanted: string | undefined, value: string | null): boolean =>
  wanted === undefined || (value !== null && wanted.split(',').includes(value));
const is = (wanted: string | undefined, value: string | null): boolean =>
  wanted === undefined || wanted === value;

function belongs(wanted: string | undefined, value: string | null, person: string | null): boolean {
  if (wanted === undefined) return true;
  if (wanted === 'nobody') return value === null;
  return value !== null && value === (wanted === 'me' ? person : wanted);
}

/** Whether a ticket belongs in the list, as far as its row tells: only the service finds words. */
export function fits(ticket: Ticket, search: TicketsSearch, looker: Looker): boolean {
  const { touchpoint, from, to } = search;
  return (
    isInTab(ticket, search, looker) &&
    has(search.severity, ticket.severity) &&
    has(search.team, ticket.team) &&
    has(search.source, ticket.source) &&
    has(search.class, ticket.class) &&
    is(search.subject, ticket.subject) &&
    is(search.item, ticket.item) &&
    is(search.place, ticket.place) &&
    (touchpoint === undefined || ticket.item.startsWith(`${touchpoint}-`)) &&
    belongs(search.owner, ticket.ownerPerson, looker.person) &&
    belongs(search.assigned, ticket.assigned?.person ?? null, looker.person) &&
    (from === undefined || ticket.onset >= from) &&
    (to === undefined || ticket.onset < to)
  );
}

const dueOf = ({ clock }: Ticket) => clock?.due ?? Number.MAX_SAFE_INTEGER;
const bySeverity = (a: Ticket, b: Ticket) => rankOf(a.severity) - rankOf(b.severity);

/** The orders of the service, so that what streams in lands where the next page would put it. */
const orders: Readonly<Record<Sort, (a: Ticket, b: Ticket) => number>> = {
  due: (a, b) => dueOf(a) - dueOf(b) || bySeverity(a, b) || a.id - b.id,
  newest: (a, b) => b.onset - a.onset || b.id - a.id,
  severity: (a, b) => bySeverity(a, b) || b.onset - a.onset || b.id - a.id,
  age: (a, b) => a.onset - b.onset || a.id - b.id,
};

/** The newer of two rows; streams tell no share of a clock, so that of the same clock is kept. */
function newer(row: Ticket, live: Ticket | undefined): Ticket {
  if (live === undefined || live.revision < row.revision) return row;
  if (live.clock === null || live.clock.share !== null) return live;
  const same = live.clock.name === row.clock?.name && live.clock.due === row.clock.due;
  return same ? { ...live, clock: row.clock } : live;
}

interface Lists {
  /** As the service answered, in its order. */
  readonly rows: readonly Ticket[];
  /** As they stream. */
  readonly live: readonly Ticket[];
  /** Whether the service has more rows after these. */
  readonly more: boolean;
}

/** The list as it is now: what the service answered, with everything that has been told since. */
export function mergeLive(lists: Lists, search: TicketsSearch, looker: Looker): readonly Ticket[] {
  const { rows, live, more } = lists;
  const streamed = new Map(live.map((ticket) => [ticket.id, ticket]));
  const known = new Set(rows.map(({ id }) => id));
  const kept = rows
    .map((row) => newer(row, streamed.get(row.id)))
    .filter((ticket) => fits(ticket, search, looker));
  const sort = sortOf(search);
  if (search.text !== undefined) return sort === undefined ? kept : kept.toSorted(orders[sort]);
  const order = orders[sort ?? 'due'];
  const last = rows.at(-1);
  const added = live.filter(
    (ticket) =>
      !known.has(ticket.id) &&
      fits(ticket, search, looker) &&
      // What comes after the last row that is loaded comes with the next page.
      (!more || last === undefined || order(ticket, last) < 0),
  );
  return [...kept, ...added].toSorted(order);
}

/**
 * How much of a clock's time is used up now: between two answers it runs on towards its due time in a straight line, as
 * only the service knows the hours that do not count. Null where nothing is known of it.
 * @param heard when the service said it
 */
export function shareNow(clock: Ticket['clock'], heard: number, now: number): number | null {
  if (clock === null) return null;
  const { share, due } = clock;
  if (due <= now) return 1;
  if (share === null || share >= 1 || due <= heard || now <= heard) return share;
  return Math.min(1, share + ((1 - share) * (now - heard)) / (due - heard));
}
