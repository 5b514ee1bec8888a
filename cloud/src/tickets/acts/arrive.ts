import type { Text } from '@caretaker/readings/base';
import type { TicketRow } from '../rows.ts';
import { type Acts, type Facts, incomplete, problem, type ScannedPlace } from './act.ts';
import { takenIfFree } from './owning.ts';
import { placeIn } from './world.ts';

/** Going there, being there, beginning. */
export const arriving: Acts<'set-out' | 'arrive' | 'start'> = {
  'set-out': ({ row, by }) => ({ patch: takenIfFree(row, by) }),

  arrive: async ({ row, wish, by, facts }) => {
    const { code, reason } = wish;
    const patch = takenIfFree(row, by);
    if (code !== undefined) {
      const place = await requireHere(row, facts, code);
      return { data: { proven: true, name: { ...place.name } }, patch };
    }
    if (reason === undefined) {
      incomplete(
        'Nothing shows that you are there.',
        'Scan the code of the place, or say why you cannot.',
      );
    }
    return { data: { proven: false, reason }, patch };
  },

  start: ({ row, by }) => ({ patch: takenIfFree(row, by) }),
};

/**
 * What was scanned, when it is the subject of the ticket or the place where that is.
 * @throws CaretakerError `CLOUD_TICKET_PLACE` which says what it is instead
 */
async function requireHere(row: TicketRow, facts: Facts, code: string): Promise<ScannedPlace> {
  const found = await facts.scanned(code);
  if (found === null) {
    throw problem(
      'CLOUD_TICKET_PLACE',
      'That is no code of a place, or one that does not count any more.',
      'Scan the code on the wall, or say why you cannot.',
    );
  }
  if (isOf(row, facts, found)) return found;
  throw problem(
    'CLOUD_TICKET_PLACE',
    `This is ${said(found.name)}; the ticket is about ${said(JSON.parse(row.subject_name))}.`,
    'Go to what the ticket is about and scan its code there.',
  );
}

function isOf(row: TicketRow, facts: Facts, { estate, subject, place }: ScannedPlace): boolean {
  if (estate !== row.estate) return false;
  if (subject === row.subject) return true;
  // The code of another thing shows where that one is, not that one is at the right one.
  if (placeIn(subject) === null || place === null) return false;
  const there = facts.placeOf(row.subject);
  const names = [row.place, there?.en, there?.zh];
  return names.includes(place.en) || names.includes(place.zh);
}

const said = ({ en, zh }: Text): string => (en === zh ? en : `${en} (${zh})`);
