import { type Severity, severitySchema } from '../../contract/index.ts';
import { forbidden } from '../../policy/access.ts';
import type { TicketPatch } from '../rows.ts';
import {
  type Acts,
  type Facts,
  type Named,
  namedIn,
  personOf,
  problem,
  type Scene,
} from './act.ts';

/** Sorting out what came in, and sending somebody. */
export const dispatch: Acts<'triage' | 'prioritise' | 'assign-team' | 'dispatch'> = {
  triage: (scene) => {
    const { severity, team, class: within } = scene.wish;
    const patch: TicketPatch = {
      ...(severity === undefined ? {} : severityOf(scene, severity)),
      ...(team === undefined ? {} : { team }),
      ...(within === undefined ? {} : { class: within }),
    };
    return { data: { ...patch }, patch };
  },

  prioritise: (scene) => {
    const { severity } = scene.wish;
    const patch = severityOf(scene, severity);
    return { data: { severity, before: scene.row.severity }, patch };
  },

  'assign-team': ({ row, wish: { team } }) => ({
    data: { team, before: row.team },
    patch: { team },
  }),

  dispatch: async ({ wish, by, facts }) => {
    // Whoever goes by themselves directs nobody.
    if (!by.directs && wish.to !== personOf(by)) throw forbidden('ticket.direct');
    const person = await requireActing(facts, wish.to);
    return {
      data: { to: namedIn(person) },
      patch: { assigned: person.name, assigned_person: person.id },
    };
  },
};

/** Who only acts may make it more urgent, never less. */
function severityOf({ row, by }: Pick<Scene, 'row' | 'by'>, severity: Severity): TicketPatch {
  const { options } = severitySchema;
  const lower = options.indexOf(severity) > options.indexOf(row.severity as Severity);
  if (lower && !by.directs) throw forbidden('ticket.direct');
  return { severity };
}

/** @throws CaretakerError `CLOUD_TICKET_PERSON` for who may not act on the ticket */
export async function requireActing(facts: Facts, id: string): Promise<Named> {
  const person = await facts.person(id);
  if (person !== null) return person;
  throw problem(
    'CLOUD_TICKET_PERSON',
    'Nobody of that account may work on tickets of this estate.',
    'Choose somebody who may, or ask an administrator for the role.',
  );
}
