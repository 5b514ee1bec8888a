import { openTicketStates } from '../../contract/index.ts';
import type { Tx } from '../../db/database.ts';
import { requireFiles } from '../../files/rows.ts';
import { grantsOf } from '../../identity/grants.ts';
import { covers, reachOf } from '../../policy/actions.ts';
import type { TicketRow } from '../rows.ts';
import type { Facts, Named } from './act.ts';
import { scannedPlace } from './place-codes.ts';
import { takeSignOffCode } from './sign-off-codes.ts';
import { placeOf, type TicketWorld, watchOf } from './world.ts';

/** What the rules of one ticket may ask, within the transaction of a command. */
export function factsOf(tx: Tx, row: TicketRow, world: TicketWorld, now: number): Facts {
  return {
    person: (id) => actingPerson(tx, row.estate, id),
    files: (hashes) => requireFiles(tx, row.id, hashes),
    scanned: (code) => scannedPlace(tx, world, code),
    placeOf: (subject) => placeOf(world, subject),
    watch: async () =>
      world.watch === undefined
        ? watchOf(world, row, await rulesOf(tx, row.id))
        : world.watch(tx, row),
    signOffCode: (code) => takeSignOffCode(tx, row.id, code, now),
    otherOpen: () => isOtherOpen(tx, row),
    time: world.directory.timeOf(row.estate),
  };
}

async function actingPerson(tx: Tx, estate: string, id: string): Promise<Named | null> {
  const found = await tx
    .selectFrom('people')
    .select(['id', 'name'])
    .where('id', '=', id)
    .where('disabled', 'is', null)
    .executeTakeFirst();
  if (found === undefined) return null;
  const grants = await grantsOf(tx, id);
  const reach = reachOf({ kind: 'person', ...found, grants, session: '' }, 'ticket.act');
  return covers(reach, estate) ? found : null;
}

async function isOtherOpen(tx: Tx, { id, subject, item }: TicketRow): Promise<boolean> {
  if (item === '') return false;
  const found = await tx
    .selectFrom('tickets')
    .select('id')
    .where('subject', '=', subject)
    .where('item', '=', item)
    .where('id', '!=', id)
    .where('state', 'in', openTicketStates)
    .executeTakeFirst();
  return found !== undefined;
}

/** Rules that found what a ticket is about, also what turned out not to be so. */
async function rulesOf(tx: Tx, ticket: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('episodes')
    .select('rule')
    .distinct()
    .where('ticket', '=', ticket)
    .where('severity', '!=', 'advice')
    .execute();
  return rows.map(({ rule }) => rule);
}
