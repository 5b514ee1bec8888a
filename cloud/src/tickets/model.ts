import type { Text } from '@caretaker/readings/base';
import type { Severity, TicketEvent, TicketState } from '../contract/index.ts';

/** What reconciling needs of a standing or reported episode of severity above `advice`. Times are event time. */
export interface EpisodeFacts {
  readonly id: number;
  readonly rule: string;
  readonly onset: number;
  /** When it had lasted for long enough to be one. */
  readonly detected: number;
  readonly end: number | null;
  readonly severity: Severity;
  readonly latched: boolean;
  readonly history: boolean;
  /** JSON of the fault in a few words. */
  readonly title: string;
  /** JSON of the sentence of why. */
  readonly why: string;
  readonly standardVersion: string;
  /** A gateway says so, and its readings are not judged yet. */
  readonly reported: boolean;
  /** A gateway's alarm told of it first. */
  readonly alarmed: boolean;
  /** Why it makes no ticket of its own; null when it does. */
  readonly hidden: Text | null;
  /** The ticket it hangs on so far. */
  readonly ticket: number | null;
}

/** What reconciling may change in a ticket. */
export interface TicketFields {
  state: TicketState;
  severity: Severity;
  /** By its episodes alone; people may set another one beside it. */
  judged: Severity;
  conditionClear: boolean;
  /** Event time since when; null while it stands. */
  clearSince: number | null;
  latched: boolean;
  /** Event time of the first onset. */
  onset: number;
  /** When that had lasted for long enough to count, event time; null for what people report. */
  detected: number | null;
  /** Event time of the last end; null while an episode stands. */
  until: number | null;
  /** Title and why of the worst of its episodes that last, or of all when none does. */
  title: string;
  why: string;
  standardVersion: string;
}

/** A ticket of one (subject, item), as stored; withdrawn ones are left out. */
export interface TicketFacts extends Readonly<TicketFields> {
  readonly id: number;
  /** A person has acted on it: from then on it is theirs. */
  readonly touched: boolean;
  /** When it ended, cloud clock. */
  readonly closed: number | null;
  /** When a person said that it is mended, cloud clock; null while nobody does. */
  readonly fixed: number | null;
  /** People wrote what it is about. */
  readonly reported: boolean;
  readonly repeat: number;
}

/** What became of an episode since the tickets were last reconciled, beside being new. */
export interface EpisodeNews {
  readonly id: number;
  readonly ticket: number | null;
  readonly what: 'amended' | 'ended' | 'withdrawn' | 'confirmed';
  /** Why it was withdrawn. */
  readonly reason: Text | null;
}

export interface PlannedEvent {
  readonly type: TicketEvent['type'];
  readonly episode: number | null;
  readonly reason: Text | null;
  /** Where it led; set of what leads to an open state. */
  readonly state?: TicketState;
}

/** What one ticket becomes. */
export interface PlannedTicket {
  /** Null: to be created. */
  readonly id: number | null;
  readonly fields: TicketFields;
  readonly events: readonly PlannedEvent[];
  /** Every standing episode that belongs to it. */
  readonly episodes: readonly EpisodeFacts[];
  readonly repeat: number;
}

const byPeople: ReadonlySet<TicketState> = new Set([
  'closed',
  'rejected',
  'referred-out',
  'cancelled',
]);

/** Ended by a person: it keeps its episodes whatever comes to light. */
export function isEndedByPerson({ state, touched }: TicketFacts): boolean {
  return byPeople.has(state) || (touched && state === 'self-cleared');
}

const claims: ReadonlySet<TicketState> = new Set(['fixed', 'verified', 'signed-off', 'follow-up']);

/** Somebody says that it is mended, and nobody that all is over. */
export function isClaimed(state: TicketState): boolean {
  return claims.has(state);
}
