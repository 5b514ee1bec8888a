import type { Generated } from 'kysely';

/** What belongs to tickets beside their row and their log. */
export interface TicketTables {
  /** Content that was uploaded, known by its SHA-256. */
  files: { hash: string; type: string; bytes: number; created: number };
  ticket_files: {
    ticket: number;
    hash: string;
    kind: string;
    /** What the person's file was called; a label, never a path. */
    name: string;
    width: number | null;
    height: number | null;
    by: string;
    actor: string;
    at: number;
  };
  /** Readings around the onset and the fix, as they were. */
  ticket_traces: {
    ticket: number;
    around: 'onset' | 'fix';
    from_at: number;
    to_at: number;
    /** Cloud clock. */
    frozen: number;
    /** JSON by point. */
    readings: string;
  };
  /** Searches that somebody keeps. */
  ticket_filters: {
    id: Generated<number>;
    person: string;
    name: string;
    /** JSON of the query. */
    query: string;
    created: number;
  };
  /** What the code on the wall of a place says. */
  place_codes: {
    code: string;
    estate: string;
    /** The subject whose place it is. */
    subject: string;
    created: number;
    revoked: number | null;
  };
  /** What a customer says to sign a ticket off; at most one of each. */
  ticket_codes: {
    ticket: number;
    digest: string;
    created: number;
    expires: number;
    /** How often a wrong one was said. */
    wrong: number;
  };
}

interface Types {
  readonly id: string;
  readonly big: string;
}

/** The columns that a ticket gains; all may be empty for tickets of before. */
const columns = ({ big }: Types): string[] => [
  'team text',
  'class text',
  'place text',
  'in_home integer not null default 0',
  'reporter text',
  'owner_person text',
  'first_asked text',
  'first_asked_person text',
  'handover_to text',
  'handover_person text',
  'handover_team text',
  `handover_at ${big}`,
  'assigned text',
  'assigned_person text',
  'waiting_reason text',
  `waiting_until ${big}`,
  `final_by ${big}`,
  `fixed ${big}`,
  'fixed_by text',
  'fixed_person text',
  `verified ${big}`,
  "follow_up text not null default 'none'",
  `clear_since ${big}`,
  `next_due ${big}`,
  'next_clock text',
  'previous integer',
];

const opens = `'new', 'triaged', 'dispatched', 'acknowledged', 'en-route', 'on-site', 'working',
  'temporary-measure', 'waiting', 'fixed', 'verified', 'signed-off', 'follow-up', 'reopened'`;

export const ticketTables = (types: Types): string[] => {
  const { id, big } = types;
  return [
    ...columns(types).map((column) => `alter table tickets add column ${column}`),
    'drop index tickets_open',
    `create unique index tickets_open on tickets (subject, item)
      where item <> '' and state in (${opens})`,
    "alter table ticket_events add column actor text not null default ''",
    "alter table ticket_events add column data text not null default '{}'",
    `create table ticket_clocks (
      ticket integer not null, clock text not null, target ${big} not null,
      started ${big} not null, due ${big}, stopped ${big}, state text not null,
      paused ${big} not null, next_warning ${big}, warned integer not null,
      primary key (ticket, clock))`,
    `create index ticket_clocks_next on ticket_clocks (next_warning)
      where next_warning is not null`,
    'create index ticket_clocks_due on ticket_clocks (state, due)',
    `create table files (
      hash text primary key, type text not null, bytes ${big} not null, created ${big} not null)`,
    `create table ticket_files (
      ticket integer not null, hash text not null references files (hash), kind text not null,
      name text not null, width integer, height integer, by text not null, actor text not null,
      at ${big} not null, primary key (ticket, hash))`,
    'create index ticket_files_of on ticket_files (hash)',
    `create table ticket_traces (
      ticket integer not null, around text not null, from_at ${big} not null,
      to_at ${big} not null, frozen ${big} not null, readings text not null,
      primary key (ticket, around))`,
    `create table ticket_filters (
      id ${id}, person text not null, name text not null, query text not null,
      created ${big} not null)`,
    'create unique index ticket_filters_of on ticket_filters (person, name)',
    `create table place_codes (
      code text primary key, estate text not null, subject text not null, created ${big} not null,
      revoked ${big})`,
    'create index place_codes_of on place_codes (estate, subject)',
  ];
};

/** What proof by the sensor needs of a ticket. */
export const proofColumns = ({ big }: Types): string[] => [
  'alter table tickets add column asks text',
  'alter table tickets add column judged text',
  'alter table tickets add column denials integer not null default 0',
  `alter table tickets add column trace_due ${big}`,
  `alter table tickets add column trace_fix ${big}`,
  // Looked at once a second, and few at a time.
  `create index tickets_claimed on tickets (estate)
    where state in ('fixed', 'verified', 'signed-off', 'follow-up')`,
  'create index tickets_trace_due on tickets (trace_due) where trace_due is not null',
];

/** Clear, and nobody was asked yet. */
export const askingIndex: string[] = [
  `create index tickets_asking on tickets (estate)
    where asks is null and touched = 1 and condition_clear = 1 and latched = 0
      and clear_since is not null
      and state in ('new', 'triaged', 'dispatched', 'acknowledged', 'en-route', 'on-site',
        'working', 'temporary-measure', 'waiting', 'reopened')`,
];

export const signOffTables = ({ big }: Types): string[] => [
  `create table ticket_codes (
    ticket integer primary key, digest text not null, created ${big} not null,
    expires ${big} not null, wrong integer not null)`,
];
