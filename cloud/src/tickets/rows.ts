import type { Selectable } from 'kysely';
import {
  isAllowed,
  isOpen,
  type Severity,
  type Ticket,
  type TicketEvent,
} from '../contract/index.ts';
import type { Tables } from '../db/schema.ts';
import { reasonOf } from '../episodes/rows.ts';
import type { TicketFacts, TicketFields } from './model.ts';

export type TicketRow = Selectable<Tables['tickets']>;
export type TicketEventRow = Selectable<Tables['ticket_events']>;

/** The columns of a ticket that its events write, and nothing else does. */
export type TicketPatch = Partial<
  Pick<
    TicketRow,
    | 'state'
    | 'severity'
    | 'condition_clear'
    | 'latched'
    | 'touched'
    | 'owner'
    | 'onset'
    | 'until'
    | 'title'
    | 'why'
    | 'standard_version'
    | 'acknowledged'
    | 'closed'
    | 'team'
    | 'class'
    | 'owner_person'
    | 'first_asked'
    | 'first_asked_person'
    | 'reporter'
    | 'handover_to'
    | 'handover_person'
    | 'handover_team'
    | 'handover_at'
    | 'assigned'
    | 'assigned_person'
    | 'waiting_reason'
    | 'waiting_until'
    | 'final_by'
    | 'fixed'
    | 'fixed_by'
    | 'fixed_person'
    | 'verified'
    | 'follow_up'
    | 'clear_since'
    | 'asks'
    | 'judged'
    | 'denials'
    | 'detected'
  >
>;

/** The row that a log of events amounts to; what the tickets table holds is this, kept at hand. */
export function fold(events: readonly Pick<TicketEventRow, 'patch'>[]): TicketPatch {
  return Object.assign({}, ...events.map((event) => JSON.parse(event.patch)));
}

/** What people call a ticket. */
export const refOf = (id: number): string => `CT-${1000 + id}`;

const named = (name: string | null, person: string | null) =>
  name === null ? null : { person, name };

/** A ticket as the API gives it. */
export function ticketOf(row: TicketRow): Ticket {
  return {
    id: row.id,
    ref: refOf(row.id),
    estate: row.estate,
    subject: row.subject,
    subjectName: JSON.parse(row.subject_name),
    item: row.item,
    itemName: JSON.parse(row.item_name),
    title: JSON.parse(row.title),
    why: JSON.parse(row.why),
    severity: row.severity as Severity,
    state: row.state,
    conditionClear: row.condition_clear === 1,
    clearSince: row.clear_since,
    latched: row.latched === 1,
    team: row.team,
    class: row.class,
    place: row.place,
    inHome: row.in_home === 1,
    reporter: row.reporter === null ? null : JSON.parse(row.reporter),
    ...peopleOf(row),
    ...workOf(row),
    onset: row.onset,
    opened: row.opened,
    acknowledged: row.acknowledged,
    closed: row.closed,
    repeat: row.repeat,
    standardVersion: row.standard_version,
    source: row.source,
    revision: row.revision,
    demo: row.demo === 1,
  };
}

function peopleOf(row: TicketRow) {
  const { handover_at: at, handover_team: team } = row;
  return {
    owner: row.owner,
    ownerPerson: row.owner_person,
    firstAsked: named(row.first_asked, row.first_asked_person),
    handover: at === null ? null : { to: named(row.handover_to, row.handover_person), team, at },
    assigned: named(row.assigned, row.assigned_person),
  };
}

function workOf(row: TicketRow) {
  const { waiting_reason: reason, waiting_until: until, fixed, next_due: due } = row;
  const by = named(row.fixed_by, row.fixed_person);
  return {
    waiting: reason === null || until === null ? null : { reason, until },
    finalBy: row.final_by,
    fixed: fixed === null || by === null ? null : { at: fixed, by },
    verified: row.verified,
    asks: asksOf(row),
    followUp: row.follow_up,
    clock:
      due === null || row.next_clock === null ? null : { name: row.next_clock, due, share: null },
    previous: row.previous,
  };
}

/** An answer is asked for only while it may be given, whatever was asked before. */
function asksOf(row: TicketRow): Ticket['asks'] {
  const may = row.condition_clear === 1 && row.latched === 0;
  return may && isAllowed('self-clear', row.state) ? row.asks : null;
}

const people = 'person:';

/** An entry of a ticket's log as the API gives it. */
export function ticketEventOf(row: TicketEventRow): TicketEvent {
  const { sequence, type, at, by, note, episode, actor } = row;
  const reason = reasonOf(row.reason);
  const { condition_clear, state }: TicketPatch = JSON.parse(row.patch);
  const standing = state !== undefined && !isOpen(state) && condition_clear === 0;
  const acted = row.acted === null ? null : JSON.parse(row.acted);
  const person = actor.startsWith(people) ? actor.slice(people.length) : null;
  const data = JSON.parse(row.data);
  const led = { state: state ?? null, standing };
  return { sequence, type, at, by, person, note, reason, episode, acted, ...led, data };
}

const reports: ReadonlySet<TicketRow['source']> = new Set(['report', 'complaint', 'wish']);

/** What reconciling needs of a row. */
export function factsOf(row: TicketRow): TicketFacts {
  return {
    id: row.id,
    touched: row.touched === 1,
    closed: row.closed,
    repeat: row.repeat,
    state: row.state,
    severity: row.severity as Severity,
    judged: (row.judged ?? row.severity) as Severity,
    conditionClear: row.condition_clear === 1,
    clearSince: row.clear_since,
    latched: row.latched === 1,
    fixed: row.fixed,
    reported: reports.has(row.source),
    onset: row.onset,
    detected: row.detected,
    until: row.until,
    title: row.title,
    why: row.why,
    standardVersion: row.standard_version,
  };
}

/** The columns in which `fields` differs from a row, or all of them for a new one. */
export function patchOf(fields: TicketFields, row: TicketRow | null): TicketPatch {
  const columns: TicketPatch = {
    state: fields.state,
    severity: fields.severity,
    judged: fields.judged,
    condition_clear: Number(fields.conditionClear),
    clear_since: fields.clearSince,
    latched: Number(fields.latched),
    onset: fields.onset,
    detected: fields.detected,
    until: fields.until,
    title: fields.title,
    why: fields.why,
    standard_version: fields.standardVersion,
  };
  if (row === null) return columns;
  return Object.fromEntries(
    Object.entries(columns).filter(([name, value]) => row[name as keyof TicketRow] !== value),
  );
}
