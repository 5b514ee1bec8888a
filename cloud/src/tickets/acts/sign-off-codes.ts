import { randomInt } from 'node:crypto';
import { digestOf } from '@caretaker/readings/secrets';
import type { Database, Tx } from '../../db/database.ts';
import type { Audit, By } from '../../identity/deed.ts';

/** How long a customer's code counts, and how often it may be said wrongly; ours. */
const goodFor = 7 * 24 * 3_600_000;
const mostAttempts = 5;

/** Of six digits somebody who may sign in has a handful of guesses; with the number of the ticket no digest fits two. */
const digest = (ticket: number, code: string) => digestOf(`sign-off ${ticket} ${code}`);

/** A new code for the customer of a ticket, in place of the one before; told once. */
export async function issueSignOffCode(
  { database, audit }: { readonly database: Database; readonly audit: Audit },
  ticket: number,
  { actor, at }: By,
): Promise<{ readonly code: string; readonly expires: number }> {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const expires = at + goodFor;
  await database.write(async (tx) => {
    await tx.deleteFrom('ticket_codes').where('ticket', '=', ticket).execute();
    const row = { ticket, digest: digest(ticket, code), created: at, expires, wrong: 0 };
    await tx.insertInto('ticket_codes').values(row).execute();
    const entry = { at, actor, action: 'ticket.sign-off-code', object: `ticket:${ticket}` };
    await audit(tx, { ...entry, detail: { expires } });
  });
  return { code, expires };
}

/** Whether this is the customer's code. It counts once, and not any more when it was said wrongly too often. */
export async function takeSignOffCode(
  tx: Tx,
  ticket: number,
  code: string,
  now: number,
): Promise<boolean> {
  const row = await tx
    .selectFrom('ticket_codes')
    .selectAll()
    .where('ticket', '=', ticket)
    .executeTakeFirst();
  if (row === undefined || row.expires <= now || row.wrong >= mostAttempts) return false;
  if (row.digest === digest(ticket, code.trim())) {
    await tx.deleteFrom('ticket_codes').where('ticket', '=', ticket).execute();
    return true;
  }
  await tx
    .updateTable('ticket_codes')
    .set({ wrong: row.wrong + 1 })
    .where('ticket', '=', ticket)
    .execute();
  return false;
}
