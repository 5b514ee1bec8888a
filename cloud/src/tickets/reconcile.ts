import type { Text } from '@caretaker/readings/base';
import { isOpen, severitySchema } from '../contract/index.ts';
import { type Claim, shareOut } from './claim.ts';
import {
  type EpisodeFacts,
  type EpisodeNews,
  isClaimed,
  type PlannedEvent,
  type PlannedTicket,
  type TicketFacts,
  type TicketFields,
} from './model.ts';

const rank = new Map(severitySchema.options.map((severity, index) => [severity, index]));
const rankOf = ({ severity }: { readonly severity: TicketFields['severity'] }) =>
  rank.get(severity) ?? 9;

/** How far back a ticket of the same subject and item makes the next one a repeat, event time. */
export const repeatWindow = 30 * 24 * 3_600_000;

/**
 * What the tickets of one (subject, item) must become so that they say what its standing episodes say. Pure;
 * as far as no person has acted, the result depends on the episodes alone and not on the order in which they
 * were learnt.
 *
 * @param tickets all of this (subject, item) but withdrawn ones
 * @param episodes the standing ones above `advice`
 * @param news episodes that were amended, ended or withdrawn; new ones speak for themselves
 * @param renumberFrom tickets with an earlier onset keep their repeat number: what decides it may not be loaded
 * @returns tickets that change or are new, those that stop being open first
 */
export function reconcile(
  tickets: readonly TicketFacts[],
  episodes: readonly EpisodeFacts[],
  news: readonly EpisodeNews[],
  renumberFrom: number,
): readonly PlannedTicket[] {
  const claims = shareOut(tickets, episodes);
  const planned = claims.map((claim) => plan(claim, news)).filter((ticket) => ticket !== null);
  const numbered = withRepeats(planned, renumberFrom);
  return numbered
    .filter(({ ticket, before }) => changes(ticket, before))
    .map(({ ticket }) => ticket)
    .sort((a, b) => Number(isOpen(a.fields.state)) - Number(isOpen(b.fields.state)));
}

const elsewhere: Text = {
  en: 'Its episodes belong to another ticket.',
  zh: '其超限时段已归入另一工单。',
};

interface Draft {
  readonly ticket: PlannedTicket;
  readonly before: TicketFacts | null;
}

function plan(claim: Claim, news: readonly EpisodeNews[]): Draft | null {
  const { ticket: before, episodes } = claim;
  const fields = before === null ? born(episodes) : foldIn(claim, before);
  if (fields === null) return null;
  const ticket = {
    id: before?.id ?? null,
    fields,
    events: eventsOf(claim, fields, news),
    episodes,
    repeat: before?.repeat ?? 1,
  };
  return { ticket, before };
}

function born(episodes: readonly EpisodeFacts[]): TicketFields | null {
  const [first] = episodes;
  const lead = worst(episodes);
  // What is over says nothing of what somebody will find there.
  const told = worst(episodes.filter(({ end }) => end === null)) ?? lead;
  if (first === undefined || lead === null || told === null) return null;
  const latched = episodes.some((e) => e.latched);
  const until = lastEnd(episodes);
  const clear = until !== null;
  return {
    state: clear && !latched ? 'self-cleared' : 'new',
    severity: lead.severity,
    judged: lead.severity,
    conditionClear: clear,
    clearSince: until,
    latched,
    onset: first.onset,
    detected: first.detected,
    until,
    title: told.title,
    why: told.why,
    standardVersion: first.standardVersion,
  };
}

function foldIn({ ticket, episodes, reopens }: Claim, before: TicketFacts): TicketFields {
  const whole = born(episodes);
  const { id: _, touched, closed: __, fixed: ___, reported, repeat: ____, ...kept } = before;
  if (whole === null) {
    const clearSince = before.clearSince ?? before.until;
    const state = touched ? before.state : 'withdrawn';
    return { ...kept, state, conditionClear: true, clearSince };
  }
  if (!touched) return whole;
  const state = reopens || denial(ticket, episodes) !== null ? 'reopened' : before.state;
  const { onset, detected, title, why, standardVersion } = before;
  const words = reported ? { onset, detected, title, why, standardVersion } : {};
  return { ...whole, ...words, state, severity: severityOf(before, whole) };
}

/** What people set counts until the breach gets worse than it was when they did. */
function severityOf(before: TicketFacts, { judged }: TicketFields): TicketFields['severity'] {
  const own = before.reported || before.severity !== before.judged;
  if (!own) return judged;
  const worse = rankOf({ severity: judged }) < rankOf({ severity: before.judged });
  const more = rankOf({ severity: judged }) < rankOf(before);
  return more && (worse || before.reported) ? judged : before.severity;
}

/** The first breach after somebody said that it is mended; null while that is not contradicted. */
function denial(
  ticket: TicketFacts | null,
  episodes: readonly EpisodeFacts[],
): EpisodeFacts | null {
  if (ticket === null || !isClaimed(ticket.state)) return null;
  const { fixed } = ticket;
  if (fixed === null) return null;
  return episodes.find((e) => e.onset > fixed && e.hidden === null) ?? null;
}

/** Of equals the first by onset. */
function worst(episodes: readonly EpisodeFacts[]): EpisodeFacts | null {
  return episodes.reduce<EpisodeFacts | null>(
    (found, e) => (found === null || rankOf(e) < rankOf(found) ? e : found),
    null,
  );
}

function lastEnd(episodes: readonly EpisodeFacts[]): number | null {
  return episodes.some((e) => e.end === null)
    ? null
    : Math.max(...episodes.map((e) => e.end ?? -Infinity));
}

const event = (
  type: PlannedEvent['type'],
  episode: number | null,
  reason: Text | null = null,
): PlannedEvent => ({ type, episode, reason });

function eventsOf(claim: Claim, after: TicketFields, news: readonly EpisodeNews[]): PlannedEvent[] {
  const { ticket: before, episodes } = claim;
  if (before === null) {
    const [first, ...others] = episodes;
    const cleared = after.state === 'self-cleared' ? [event('self-cleared', null)] : [];
    return [
      event('opened', first?.id ?? null),
      ...others.map((e) => event('episode-joined', e.id)),
      ...cleared,
    ];
  }
  const joined = episodes.filter((e) => e.ticket !== before.id);
  const own = news.filter(
    (n) =>
      n.ticket === before.id && (n.what === 'withdrawn' || episodes.some((e) => e.id === n.id)),
  );
  const raised = rankOf(after) < rankOf(before);
  return [
    ...joined.map((e) => event('episode-joined', e.id)),
    ...own.map((n) => event(`episode-${n.what}`, n.id, n.reason)),
    ...(raised ? [event('severity-raised', null)] : []),
    ...movesOf(claim, before, after, own),
  ];
}

function movesOf(
  { episodes, hidden, reopens }: Claim,
  before: TicketFacts,
  after: TicketFields,
  own: readonly EpisodeNews[],
): PlannedEvent[] {
  if (after.state === before.state) return [];
  if (after.state === 'self-cleared') return [event('self-cleared', null)];
  if (after.state === 'reopened') {
    const denied = reopens ? null : denial(before, episodes);
    const back = denied ?? episodes.find((e) => e.end === null) ?? episodes.at(-1);
    const type = denied === null ? 'reopened' : 'denied';
    return [{ ...event(type, back?.id ?? null), state: 'reopened' }];
  }
  if (after.state !== 'withdrawn') return [];
  const reason = own.find((n) => n.what === 'withdrawn')?.reason;
  return [event('withdrawn', null, reason ?? hidden ?? elsewhere)];
}

/** Numbers the tickets that rest on standing episodes, in the order of event time. */
function withRepeats(drafts: readonly Draft[], from: number): Draft[] {
  const counted = drafts
    .filter(({ ticket }) => ticket.episodes.length > 0)
    .map(({ ticket }) => ticket.fields.onset);
  return drafts.map(({ ticket, before }) => {
    const { onset } = ticket.fields;
    if (ticket.episodes.length === 0 || onset < from) return { ticket, before };
    const earlier = counted.filter((other) => other < onset && other > onset - repeatWindow);
    return { ticket: { ...ticket, repeat: earlier.length + 1 }, before };
  });
}

function changes(after: PlannedTicket, before: TicketFacts | null): boolean {
  if (before === null || after.events.length > 0 || after.repeat !== before.repeat) return true;
  const { fields } = after;
  return (
    fields.state !== before.state ||
    fields.severity !== before.severity ||
    fields.judged !== before.judged ||
    fields.clearSince !== before.clearSince ||
    fields.onset !== before.onset ||
    fields.detected !== before.detected ||
    fields.until !== before.until ||
    fields.title !== before.title ||
    fields.latched !== before.latched ||
    fields.conditionClear !== before.conditionClear
  );
}
