import type { Severity } from '../contract/index.ts';

/*
 * Which tickets there are, by the words of docs/no-ticket.md and by nothing else: of everything that stands, looked at
 * anew each time. Slow on purpose; shares no code with the product.
 */

const minute = 60_000;
const day = 24 * 60 * minute;

/** An episode that stands. Times are UTC epoch milliseconds. */
export interface ModelEpisode {
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  readonly onset: number;
  readonly detected: number;
  readonly end: number | null;
  readonly severity: Severity;
  readonly latched: boolean;
}

/** Planned work about a subject; `to` is Infinity until event time has passed its end. */
export interface ModelWork {
  readonly subject: string;
  readonly from: number;
  readonly to: number;
}

export interface ModelTicket {
  readonly subject: string;
  readonly item: string;
  readonly state: 'new' | 'self-cleared';
  readonly severity: Severity;
  readonly onset: number;
  readonly until: number | null;
  readonly repeat: number;
  /** Rule and onset of each. */
  readonly episodes: readonly string[];
}

const severities: readonly Severity[] = ['emergency', 'high', 'medium', 'low', 'advice'];

/**
 * @param standing every episode that stands, ended ones included
 * @param hides whether episodes of the first rule on its subject hide those of the second
 */
export function modelTickets(
  standing: readonly ModelEpisode[],
  works: readonly ModelWork[],
  hides: (hider: ModelEpisode, hidden: ModelEpisode) => boolean,
): ModelTicket[] {
  const told = standing.filter((e) => e.severity !== 'advice');
  const shown = groupsOf(told, 0).filter((group) =>
    group.some((e) => liesOpen(e, told, works, hides)),
  );
  const found = groupsOf(shown.flat(), 4 * 60 * minute).map(ticketOf);
  const earlier = (ticket: Omit<ModelTicket, 'repeat'>) =>
    found.filter(
      (other) =>
        other.subject === ticket.subject &&
        other.item === ticket.item &&
        other.onset < ticket.onset &&
        other.onset > ticket.onset - 30 * day,
    );
  return found.map((ticket) => ({ ...ticket, repeat: 1 + earlier(ticket).length })).sort(inOrder);
}

export function inOrder(a: ModelTicket, b: ModelTicket): number {
  const key = ({ subject, item, onset }: ModelTicket) =>
    `${subject} ${item} ${String(onset).padStart(15, '0')}`;
  return key(a) < key(b) ? -1 : 1;
}

/** Whether any moment between its detection and its end has nothing that hides it. */
function liesOpen(
  e: ModelEpisode,
  all: readonly ModelEpisode[],
  works: readonly ModelWork[],
  hides: (hider: ModelEpisode, hidden: ModelEpisode) => boolean,
): boolean {
  if (e.severity === 'emergency') return true;
  const hiders = all.filter((other) => hides(other, e));
  const own = works.filter((work) => work.subject === e.subject);
  // A latching one is over when a person says so.
  const end = e.latched ? null : e.end;
  const hiddenAt = (t: number) =>
    own.some((work) => work.from <= t && t < work.to) ||
    hiders.some((hider) => {
      if (t < hider.onset) return false;
      if (hider.end === null || t < hider.end) return true;
      return end !== null && end <= hider.end + 2 * minute;
    });
  // What hides it stops at one of these, so that an open moment is among them if there is any.
  const ends = [...own.map((work) => work.to), ...hiders.flatMap((hider) => hider.end ?? [])];
  const moments = [e.detected, ...ends.filter(Number.isFinite), Number.MAX_SAFE_INTEGER];
  const within = (t: number) => t >= e.detected && (end === null || t === e.detected || t < end);
  return moments.filter(within).some((t) => !hiddenAt(t));
}

/** Episodes of one subject and item with at most `apart` between them, be it through others. */
function groupsOf(episodes: readonly ModelEpisode[], apart: number): ModelEpisode[][] {
  const reach = (e: ModelEpisode) => (e.latched ? null : e.end) ?? Number.POSITIVE_INFINITY;
  const touch = (a: ModelEpisode, b: ModelEpisode) =>
    a.subject === b.subject &&
    a.item === b.item &&
    a.onset <= reach(b) + apart &&
    b.onset <= reach(a) + apart;
  let groups: ModelEpisode[][] = [];
  for (const episode of episodes) {
    const joined = groups.filter((group) => group.some((other) => touch(other, episode)));
    groups = [...groups.filter((group) => !joined.includes(group)), [...joined.flat(), episode]];
  }
  return groups;
}

function ticketOf(group: readonly ModelEpisode[]): Omit<ModelTicket, 'repeat'> {
  const { subject, item } = group[0] as ModelEpisode;
  const stands = group.some((e) => e.end === null);
  const severest = Math.min(...group.map((e) => severities.indexOf(e.severity)));
  return {
    subject,
    item,
    state: stands || group.some((e) => e.latched) ? 'new' : 'self-cleared',
    severity: severities[severest] as Severity,
    onset: Math.min(...group.map((e) => e.onset)),
    until: stands ? null : Math.max(...group.map((e) => e.end ?? 0)),
    episodes: group.map((e) => `${e.rule} ${e.onset}`).sort(),
  };
}
