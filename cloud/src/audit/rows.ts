import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { type Content, digestOf, type Said } from './encoding.ts';
import { eraseAction } from './entry.ts';
import { merge, type Range } from './ranges.ts';

/** A row as it lies in the table, sound or not. */
export interface StoredRow extends Said {
  readonly marks: string;
  readonly hash: string;
  /** Null when it was erased, or is missing. */
  readonly kept: Content | null;
}

export interface Period {
  /** First instant, UTC epoch milliseconds; from the beginning unless given. */
  readonly from?: number | undefined;
  /** First instant no more; to the end unless given. */
  readonly to?: number | undefined;
}

const rowsAtOnce = 1_000;

/** The rows in order of their numbers with their content, some at a time. */
export async function* storedRows(
  db: Kysely<Tables>,
  { from, to }: Period = {},
): AsyncGenerator<StoredRow[]> {
  let query = db
    .selectFrom('audit as a')
    .leftJoin('audit_content as c', 'c.digest', 'a.digest')
    // As text: a damaged number may be beyond what JavaScript counts exactly.
    .select([
      sql<string>`cast(a.number as text)`.as('number'),
      sql<string>`cast(a.at as text)`.as('at'),
    ])
    .select(['a.actor', 'a.action', 'a.object', 'a.digest', 'a.previous', 'a.marks', 'a.hash'])
    .select(['c.salt', 'c.person', 'c.content'])
    .orderBy('a.number')
    .limit(rowsAtOnce);
  if (from !== undefined) query = query.where('a.at', '>=', from);
  if (to !== undefined) query = query.where('a.at', '<', to);
  let rows = await query.execute();
  while (rows.length > 0) {
    yield rows.map(storedRow);
    const last = rows.at(-1)?.number ?? '0';
    rows = await query.where(sql<boolean>`a.number > cast(${last} as bigint)`).execute();
  }
}

type Read = Omit<StoredRow, 'kept'> & { readonly [K in keyof Content]: Content[K] | null };

function storedRow({ salt, person, content, ...row }: Read): StoredRow {
  const kept =
    salt === null || content === null
      ? null
      : {
          salt: textOf(salt),
          person: person === null ? null : textOf(person),
          content: textOf(content),
        };
  return {
    number: row.number,
    at: row.at,
    actor: textOf(row.actor),
    action: textOf(row.action),
    object: textOf(row.object),
    digest: textOf(row.digest),
    previous: textOf(row.previous),
    marks: textOf(row.marks),
    hash: textOf(row.hash),
    kept,
  };
}

/** In a damaged table of SQLite anything may lie in a column of texts; nothing of ours begins like this. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return `\0${value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)}`;
}

/** Rows whose content was erased, as the erasures themselves tell. Only what fits its digest is believed. */
export async function readErased(db: Kysely<Tables>): Promise<Range[]> {
  const told = await db
    .selectFrom('audit as a')
    .innerJoin('audit_content as c', 'c.digest', 'a.digest')
    .select(['c.digest', 'c.salt', 'c.person', 'c.content'])
    .where('a.action', '=', eraseAction)
    .execute();
  const sound = told.filter(({ digest, ...kept }) => digestOf(kept) === digest);
  return merge(sound.flatMap(({ content }) => (JSON.parse(content) as { rows: Range[] }).rows));
}

/** Digests of contents that belong to no row, some at a time. */
export async function* strayContents(db: Kysely<Tables>): AsyncGenerator<string[]> {
  let after = '';
  for (;;) {
    const found = await db
      .selectFrom('audit_content as c')
      .leftJoin('audit as a', 'a.digest', 'c.digest')
      .select('c.digest')
      .where('a.digest', 'is', null)
      .where('c.digest', '>', after)
      .orderBy('c.digest')
      .limit(rowsAtOnce)
      .execute();
    if (found.length === 0) return;
    yield found.map((row) => row.digest);
    after = found.at(-1)?.digest ?? '';
  }
}
