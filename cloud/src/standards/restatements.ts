import type { Restatement } from '@caretaker/standards/engine';
import type { Selectable } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** What was made to count for a time that had passed. */
export type Restated = Selectable<Tables['restatements']>;

/** What is said of a restatement when it is made. */
export interface NewRestatement {
  readonly kind: Restated['kind'];
  readonly estate: string | null;
  readonly since: number;
  readonly by: string;
  readonly reason: string;
  /** Cloud clock. */
  readonly recorded: number;
  readonly rules: readonly string[];
  /** Null for all. */
  readonly subjects: readonly string[] | null;
}

/** Notes a restatement, and that these estates are to be judged anew by it. @returns its number */
export async function recordRestatement(
  tx: Tx,
  { rules, subjects, ...values }: NewRestatement,
  estates: readonly string[],
): Promise<number> {
  const { id } = await tx
    .insertInto('restatements')
    .values({
      ...values,
      rules: JSON.stringify(rules),
      subjects: subjects === null ? null : JSON.stringify(subjects),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (estates.length > 0) {
    await tx
      .insertInto('restatement_work')
      .values(estates.map((estate) => ({ restatement: id, estate })))
      .execute();
  }
  return id;
}

/** Every restatement, the last first. */
export async function allRestatements(database: Database): Promise<Restated[]> {
  return database.read.selectFrom('restatements').selectAll().orderBy('id', 'desc').execute();
}

/** What an estate is still to be judged anew by. */
export interface Pending extends Restatement {
  readonly ids: readonly number[];
}

/** Several are done as one. Null when all is done. */
export async function pendingRestatement(
  database: Database,
  estate: string,
): Promise<Pending | null> {
  const rows = await database.read
    .selectFrom('restatement_work as work')
    .innerJoin('restatements as one', 'one.id', 'work.restatement')
    .where('work.estate', '=', estate)
    .select(['one.id', 'one.since', 'one.rules', 'one.subjects'])
    .execute();
  if (rows.length === 0) return null;
  const lists = rows.map(({ subjects }) => (subjects === null ? null : namesIn(subjects)));
  const known = lists.filter((list) => list !== null);
  return {
    ids: rows.map(({ id }) => id),
    from: Math.min(...rows.map(({ since }) => since)),
    rules: new Set(rows.flatMap(({ rules }) => namesIn(rules))),
    subjects: known.length < lists.length ? null : new Set(known.flat()),
  };
}

/** Notes that an estate was judged anew. */
export async function restatementDone(
  tx: Tx,
  estate: string,
  { ids }: Pick<Pending, 'ids'>,
): Promise<void> {
  await tx
    .deleteFrom('restatement_work')
    .where('estate', '=', estate)
    .where('restatement', 'in', ids)
    .execute();
}

const namesIn = (json: string): string[] => JSON.parse(json) as string[];
