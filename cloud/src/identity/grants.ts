import type { Kysely } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { type Grant, type Role, roles } from './principal.ts';

/** What a person may do where, each role once. */
export async function grantsOf(db: Kysely<Tables>, person: string): Promise<Grant[]> {
  const rows = await db
    .selectFrom('person_grants')
    .select(['role', 'estate'])
    .where('person', '=', person)
    .orderBy('estate')
    .execute();
  return gathered(rows);
}

export async function writeGrants(tx: Tx, person: string, grants: readonly Grant[]): Promise<void> {
  const rows = grants.flatMap(({ role, estates }) =>
    (estates === 'all' ? ['*'] : estates).map((estate) => ({ person, role, estate })),
  );
  if (rows.length > 0) {
    await tx
      .insertInto('person_grants')
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** Rows of the table as grants, each role once. */
export function gathered(
  rows: readonly { readonly role: string; readonly estate: string }[],
): Grant[] {
  return roles.flatMap((role: Role) => {
    const estates = rows.filter((row) => row.role === role).map((row) => row.estate);
    if (estates.length === 0) return [];
    return [{ role, estates: estates.includes('*') ? ('all' as const) : estates }];
  });
}
