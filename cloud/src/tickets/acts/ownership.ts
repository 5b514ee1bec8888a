import type { TicketRow } from '../rows.ts';
import { type Acts, type Doer, incomplete, namedIn, personOf, problem } from './act.ts';
import { requireActing } from './dispatch.ts';
import { takenBy } from './owning.ts';

/** Whose a matter is: of the first one asked until somebody by name takes it over. */
export const ownership: Acts<'acknowledge' | 'hand-over' | 'accept'> = {
  acknowledge: ({ row, by }) => ({ patch: takenBy(row, by) }),

  'hand-over': async ({ wish, by, facts }) => {
    const { to, team = null } = wish;
    if (to === undefined && team === null) {
      incomplete('It is handed over to nobody.', 'Name a person or a team.');
    }
    const person = to === undefined ? null : await requireActing(facts, to);
    return {
      data: { to: person === null ? null : namedIn(person), team },
      patch: {
        handover_to: person?.name ?? null,
        handover_person: person?.id ?? null,
        handover_team: team,
        handover_at: by.at,
      },
    };
  },

  accept: ({ row, by }) => {
    if (!isFor(row, by)) {
      throw problem(
        'CLOUD_TICKET_NOT_YOURS',
        `The ticket belongs to ${row.owner}, and it was not handed over to you.`,
        'Ask for it to be handed over, or to be dispatched to you.',
      );
    }
    return { data: { from: row.owner }, patch: takenBy(row, by) };
  },
};

/** What is handed over to a person is for that person, to a team for whoever may act: teams are one pool. */
function isFor(row: TicketRow, by: Doer): boolean {
  const me = personOf(by);
  if (me !== null && (row.assigned_person === me || row.owner_person === me)) return true;
  if (row.handover_at !== null) return row.handover_person === null || row.handover_person === me;
  return row.acknowledged === null || row.owner === null;
}
