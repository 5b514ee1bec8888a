import type { Selectable } from 'kysely';
import type { Severity, Ticket, TicketEvent } from '../contract/index.ts';
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
  >
>;

/** The row that a log of events amounts to; what the tickets table holds is this, kept at hand. */
export function fold(events: readonly Pick<TicketEventRow, 'patch'>[]): TicketPatch {
  return Object.assign({}, ...events.map((event) => JSON.parse(event.patch)));
}

/** What people call a ticket. */
export const refOf = (id: number): string => `CT-${1000 + id}`;

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
    latched: row.latched === 1,
    owner: row.owner,
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

/** An entry of a ticket's log as the API gives it. */
export function ticketEventOf(row: TicketEventRow): TicketEvent {
  const { sequence, type, at, by, note, episode } = row;
  const reason = reasonOf(row.reason);
  const { condition_clear }: TicketPatch = JSON.parse(row.patch);
  const standing = type === 'closed' && condition_clear === 0;
  const acted = row.acted === null ? null : JSON.parse(row.acted);
  return { sequence, type, at, by, note, reason, episode, acted, standing };
}

/** What reconciling needs of a row. */
export function factsOf(row: TicketRow): TicketFacts {
  return {
    id: row.id,
    touched: row.touched === 1,
    closed: row.closed,
    repeat: row.repeat,
    state: row.state,
    severity: row.severity as Severity,
    conditionClear: row.condition_clear === 1,
    latched: row.latched === 1,
    onset: row.onset,
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
    condition_clear: Number(fields.conditionClear),
    latched: Number(fields.latched),
    onset: fields.onset,
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
