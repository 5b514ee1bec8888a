import { CaretakerError } from '@caretaker/readings/base';
import type { Kysely } from 'kysely';
import type { FileKind, TicketFile } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import type { FileType } from './types.ts';

/** Photos and files of a ticket, oldest first. */
export async function filesOf(db: Kysely<Tables>, ticket: number): Promise<TicketFile[]> {
  const rows = await selectFiles(db, ticket).orderBy('at').orderBy('hash').execute();
  return rows.map(fileOf);
}

/** @returns null when the ticket has no such file, whoever else has it */
export async function fileOfTicket(
  db: Kysely<Tables>,
  ticket: number,
  hash: string,
): Promise<TicketFile | null> {
  const row = await selectFiles(db, ticket)
    .where('ticket_files.hash', '=', hash)
    .executeTakeFirst();
  return row === undefined ? null : fileOf(row);
}

/**
 * Asks that a ticket has all these files.
 * @throws CaretakerError `CLOUD_FILE_UNKNOWN`
 */
export async function requireFiles(
  tx: Tx,
  ticket: number,
  hashes: readonly string[],
): Promise<void> {
  for (const hash of hashes) {
    if ((await fileOfTicket(tx, ticket, hash)) === null) throw unknownFile(hash);
  }
}

export function unknownFile(hash: string): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_FILE_UNKNOWN',
    message: `The ticket has no file ${hash}.`,
    next: 'Upload it to this ticket first, or look at the files of the ticket.',
  });
}

const selectFiles = (db: Kysely<Tables>, ticket: number) =>
  db
    .selectFrom('ticket_files')
    .innerJoin('files', 'files.hash', 'ticket_files.hash')
    .selectAll('ticket_files')
    .select(['files.type', 'files.bytes'])
    .where('ticket_files.ticket', '=', ticket);

type Row = Awaited<ReturnType<ReturnType<typeof selectFiles>['execute']>>[number];

function fileOf({ hash, kind, name, type, bytes, width, height, by, actor, at }: Row): TicketFile {
  const person = actor.startsWith('person:') ? actor.slice('person:'.length) : null;
  return {
    ...{ hash, kind: kind as FileKind, name, type: type as FileType, bytes },
    ...{ width, height, by, person, at },
  };
}
