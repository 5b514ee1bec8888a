import { plainCode, readableCode } from '@caretaker/readings/secrets';
import type { PlaceCode } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Audit, By } from '../../identity/deed.ts';
import { problem, type ScannedPlace } from './act.ts';
import { nameOf, placeOf, type TicketWorld } from './world.ts';

/** 80 bits: nobody is somewhere by guessing. */
const groups = 4;

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly world: TicketWorld;
  /** Where people reach the cloud. */
  readonly address: string;
}

interface Row {
  readonly code: string;
  readonly estate: string;
  readonly subject: string;
  readonly created: number;
}

/** Codes on the walls of an estate that count, by what they are on. */
export async function listPlaceCodes(
  { database, world, address }: Omit<Parts, 'audit'>,
  estate: string,
): Promise<PlaceCode[]> {
  const rows = await database.read
    .selectFrom('place_codes')
    .select(['code', 'estate', 'subject', 'created'])
    .where('estate', '=', estate)
    .where('revoked', 'is', null)
    .orderBy('subject')
    .orderBy('created')
    .execute();
  return rows.map((row) => told(world, address, row));
}

/** @param subject an asset, a gateway, or a place of the estate */
export async function makePlaceCode(
  { database, audit, world, address }: Parts,
  estate: string,
  subject: string,
  { actor, at }: By,
): Promise<PlaceCode> {
  const row = { code: plainCode(readableCode(groups)), estate, subject, created: at };
  await database.write(async (tx) => {
    await tx
      .insertInto('place_codes')
      .values({ ...row, revoked: null })
      .execute();
    const entry = { at, actor, action: 'place-code.make', object: `estate:${estate}` };
    await audit(tx, { ...entry, detail: { subject } });
  });
  return told(world, address, row);
}

/** @throws CaretakerError `CLOUD_PLACE_CODE_UNKNOWN` */
export async function revokePlaceCode(
  { database, audit }: Pick<Parts, 'database' | 'audit'>,
  estate: string,
  code: string,
  { actor, at }: By,
): Promise<void> {
  await database.write(async (tx) => {
    const row = await tx
      .updateTable('place_codes')
      .set({ revoked: at })
      .where('estate', '=', estate)
      .where('code', '=', plainCode(code))
      .where('revoked', 'is', null)
      .returning('subject')
      .executeTakeFirst();
    if (row === undefined) {
      throw problem(
        'CLOUD_PLACE_CODE_UNKNOWN',
        'There is no such code in this estate, or it does not count any more.',
        'See the list of its codes.',
      );
    }
    const entry = { at, actor, action: 'place-code.revoke', object: `estate:${estate}` };
    await audit(tx, { ...entry, detail: { subject: row.subject } });
  });
}

/**
 * What a code stands for that was scanned or typed in.
 * @param scanned the code, or the address that is printed with it
 */
export async function scannedPlace(
  tx: Tx,
  world: TicketWorld,
  scanned: string,
): Promise<ScannedPlace | null> {
  const code = plainCode(scanned.slice(scanned.lastIndexOf('/') + 1));
  const row = await tx
    .selectFrom('place_codes')
    .select(['estate', 'subject'])
    .where('code', '=', code)
    .where('revoked', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { name } = nameOf(world, row.subject);
  return { ...row, name, place: placeOf(world, row.subject) };
}

function told(world: TicketWorld, address: string, row: Row): PlaceCode {
  const { name } = nameOf(world, row.subject);
  const { code, estate, subject, created } = row;
  return { code, text: `${address}/c/${code}`, estate, subject, name, created };
}
