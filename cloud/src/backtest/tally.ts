import type { Severity } from '@caretaker/standards';
import type { BacktestFigures } from '../contract/index.ts';
import { shareOut } from '../tickets/claim.ts';

const hour = 3_600_000;
const week = 7 * 24 * hour;
/** A ticket that is over sooner than this has mostly paged people for nothing. */
const brief = 15 * 60_000;
const nightFrom = 22;
const nightUntil = 6;

/** What counting needs of an episode. Times are event time. */
export interface Breach {
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  readonly onset: number;
  readonly detected: number;
  readonly end: number | null;
  readonly severity: Severity;
  readonly latched: boolean;
}

/** A ticket as it would have been without people: opened, and over when its condition was. */
export interface WouldBe {
  readonly subject: string;
  readonly item: string;
  /** When the first of its episodes was detected that nothing hides. */
  readonly opened: number;
  readonly onset: number;
  readonly until: number | null;
  readonly latched: boolean;
}

export interface Period {
  readonly from: number;
  readonly to: number;
  /** When its readings begin, from which a week's average counts. */
  readonly since: number;
}

/** Breaches that open no ticket because others hide them; none when nothing hides. */
export type Hidden = Pick<ReadonlySet<Breach>, 'has'>;
const none: Hidden = new Set();
/** Why a breach is hidden is told elsewhere. */
const hiddenText = { en: '', zh: '' };

/**
 * The tickets that these breaches would have opened: at most one at a time for each subject and item, as the
 * cloud shares episodes out. Of a latching rule a person is taken to close each ticket when its breach is over.
 */
export function ticketsOf(breaches: readonly Breach[], hidden: Hidden = none): WouldBe[] {
  const serious = breaches.filter((breach) => breach.severity !== 'advice');
  const tickets: WouldBe[] = [];
  for (const own of bySubjectAndItem(serious).values()) {
    const facts = own.map((breach, id) => ({
      ...breach,
      id,
      latched: false,
      history: false,
      title: '',
      why: '',
      standardVersion: '',
      reported: false,
      alarmed: false,
      hidden: hidden.has(breach) ? hiddenText : null,
      ticket: null,
    }));
    for (const { episodes } of shareOut([], facts)) {
      const members = episodes.map(({ id }) => own[id] as Breach);
      tickets.push(ticketOf(members, hidden));
    }
  }
  return tickets.sort((a, b) => a.opened - b.opened);
}

function ticketOf(members: readonly Breach[], hidden: Hidden): WouldBe {
  const { subject, item } = members[0] as Breach;
  let opened = Number.POSITIVE_INFINITY;
  let onset = Number.POSITIVE_INFINITY;
  let until: number | null = Number.NEGATIVE_INFINITY;
  for (const member of members) {
    if (!hidden.has(member)) opened = Math.min(opened, member.detected);
    onset = Math.min(onset, member.onset);
    until = until === null || member.end === null ? null : Math.max(until, member.end);
  }
  return { subject, item, opened, onset, until, latched: members.some((m) => m.latched) };
}

/** IANA zone of a subject's estate. */
export type ZoneOf = (subject: string) => string;

export function figuresOf(
  breaches: readonly Breach[],
  tickets: readonly WouldBe[],
  { from, to, since }: Period,
  zoneOf: ZoneOf,
): BacktestFigures {
  const within = (instant: number) => instant >= from && instant < to;
  const opened = tickets.filter((ticket) => within(ticket.opened));
  const weeks = new Array<number>(Math.max(1, Math.ceil((to - from) / week))).fill(0);
  for (const ticket of opened) {
    const k = Math.floor((ticket.opened - from) / week);
    weeks[k] = (weeks[k] ?? 0) + 1;
  }
  const share = (holds: (ticket: WouldBe) => boolean) =>
    opened.length === 0 ? null : opened.filter(holds).length / opened.length;
  const over = ({ until }: WouldBe) => until !== null && until < to;
  return {
    tickets: opened.length,
    ticketsPerWeek: opened.length / ((to - since) / week),
    weeks,
    episodes: breaches.filter((breach) => within(breach.onset)).length,
    breachHours: breachTime(breaches, from, to) / hour,
    selfClearedShare: share((ticket) => over(ticket) && !ticket.latched),
    briefShare: share((t) => over(t) && (t.until ?? to) - t.opened <= brief),
    nightShare: share((ticket) => isNight(ticket.opened, zoneOf(ticket.subject))),
  };
}

/** How many tickets of the first list overlap none of the second of the same subject and item. */
export function without(
  tickets: readonly WouldBe[],
  others: readonly WouldBe[],
  { from, to }: Period,
): number {
  const known = bySubjectAndItem(others);
  const alone = (ticket: WouldBe) =>
    !(known.get(keyOf(ticket)) ?? []).some(
      (other) =>
        other.onset <= (ticket.until ?? Number.POSITIVE_INFINITY) &&
        ticket.onset <= (other.until ?? Number.POSITIVE_INFINITY),
    );
  return tickets.filter((t) => t.opened >= from && t.opened < to && alone(t)).length;
}

/** Milliseconds of the period in which a subject breached an item, by one rule or several. */
function breachTime(breaches: readonly Breach[], from: number, to: number): number {
  let total = 0;
  for (const own of bySubjectAndItem(breaches).values()) {
    let counted = from;
    for (const { onset, end } of own.toSorted((a, b) => a.onset - b.onset)) {
      const begin = Math.max(onset, counted);
      const until = Math.min(end ?? to, to);
      if (until <= begin) continue;
      total += until - begin;
      counted = until;
    }
  }
  return total;
}

function isNight(instant: number, zone: string): boolean {
  const { hour: local } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return local >= nightFrom || local < nightUntil;
}

const keyOf = ({ subject, item }: { subject: string; item: string }) => `${subject}\n${item}`;

function bySubjectAndItem<T extends { subject: string; item: string }>(
  list: readonly T[],
): Map<string, T[]> {
  return Map.groupBy(list, keyOf);
}
