import type { BundleTables } from '../db/bundle-tables.ts';
import type { Database } from '../db/database.ts';

export type BundleRow = Readonly<Omit<BundleTables['bundles'], 'message'>>;
export type AnswerRow = Readonly<BundleTables['bundle_answers']>;

/** Older ones are of no use: a gateway keeps what it runs itself. */
const bundlesKept = 3;

/** The newest bundle of each gateway, without its message. */
export async function newestBundles({ read }: Database): Promise<ReadonlyMap<string, BundleRow>> {
  const rows = await read
    .selectFrom('bundles')
    .select(['gateway', 'version', 'issued', 'hash'])
    .orderBy('version')
    .execute();
  return new Map(rows.map((row) => [row.gateway, row]));
}

export async function keptAnswers({ read }: Database): Promise<ReadonlyMap<string, AnswerRow>> {
  const rows = await read.selectFrom('bundle_answers').selectAll().execute();
  return new Map(rows.map((row) => [row.gateway, row]));
}

export async function keepBundle(
  database: Database,
  row: Readonly<BundleTables['bundles']>,
): Promise<void> {
  await database.write(async (tx) => {
    await tx.insertInto('bundles').values(row).execute();
    await tx
      .deleteFrom('bundles')
      .where('gateway', '=', row.gateway)
      .where('version', '<=', row.version - bundlesKept)
      .execute();
  });
}

export async function messageOf(
  { read }: Database,
  gateway: string,
  version: number,
): Promise<string | null> {
  const row = await read
    .selectFrom('bundles')
    .select('message')
    .where('gateway', '=', gateway)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.message ?? null;
}

export async function keepAnswer(database: Database, row: AnswerRow): Promise<void> {
  const { gateway, ...columns } = row;
  await database.write((tx) =>
    tx
      .insertInto('bundle_answers')
      .values({ gateway, ...columns })
      .onConflict((conflict) => conflict.column('gateway').doUpdateSet(columns))
      .execute(),
  );
}
