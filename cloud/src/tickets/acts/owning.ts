import type { TicketPatch, TicketRow } from '../rows.ts';
import { type Doer, personOf } from './act.ts';

const nothingHandedOver = {
  handover_to: null,
  handover_person: null,
  handover_team: null,
  handover_at: null,
} as const satisfies TicketPatch;

/** The ticket is theirs from now on, whoever had it and whomever it was handed over to. */
export function takenBy(row: TicketRow, by: Doer): TicketPatch {
  return {
    owner: by.name,
    owner_person: personOf(by),
    acknowledged: row.acknowledged ?? by.at,
    ...nothingHandedOver,
  };
}

/**
 * Nobody by name has accepted it so far: it is nobody's, or that of the first one asked. Who comes to do the work has
 * accepted it, too.
 */
export function takenIfFree(row: TicketRow, by: Doer): TicketPatch {
  return row.acknowledged === null ? takenBy(row, by) : {};
}

/** Asked to do something to what is over: from then on it waits for nobody. */
export const overWith: TicketPatch = {
  ...nothingHandedOver,
  waiting_reason: null,
  waiting_until: null,
  final_by: null,
};
