import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { isOpen } from '../contract/index.ts';
import { type Db, engineOf, type Tx } from '../db/database.ts';
import { together } from '../db/together.ts';
import { refOf, type TicketEventRow, type TicketRow } from './rows.ts';
import { soughtIn, wordsOf } from './words.ts';

/** Raised when texts are reduced to other words than before: then every ticket is taken in anew. */
const edition = '_v1';
/** Of one ticket, however long its log. */
const mostWords = 20_000;

/** What an entry of the log gives to look for. */
export type Worded = Pick<TicketEventRow, 'note' | 'data' | 'by' | 'actor'>;

/** Columns whose change changes what a ticket is found by. */
const worded: ReadonlySet<string> = new Set([
  ...['title', 'why', 'state', 'owner', 'handover_to', 'assigned', 'fixed_by'],
  ...['place', 'reporter', 'first_asked'],
]);

/** Whether an entry of a log changes what its ticket is found by. */
export function carriesWords(event: Worded & Pick<TicketEventRow, 'patch'>): boolean {
  const { note, data, actor, patch } = event;
  if (note !== null || data !== '{}' || actor !== '') return true;
  return Object.keys(JSON.parse(patch)).some((column) => worded.has(column));
}

/** Takes in what a ticket is found by now. */
export async function takeIn(tx: Tx, row: TicketRow): Promise<void> {
  const log = await tx
    .selectFrom('ticket_events')
    .select(['note', 'data', 'by', 'actor'])
    .where('ticket', '=', row.id)
    .where((eb) =>
      eb.or([eb('note', 'is not', null), eb('data', '<>', '{}'), eb('actor', '<>', '')]),
    )
    .orderBy('sequence')
    .execute();
  await takeInNew(tx, { row, log });
}

interface Taken {
  readonly row: TicketRow;
  readonly log: readonly Worded[];
}

/** Takes in what a ticket is found by whose whole log is at hand. */
export const takeInNew = together(async (tx, tickets: readonly Taken[]) => {
  const documents = tickets.map(({ row, log }) => [row.id, documentOf(row, log)] as const);
  if (engineOf(tx) === 'sqlite') {
    const values = sql.join(documents.map(([id, words]) => sql`(${id}, ${words})`));
    await sql`insert or replace into ticket_words (rowid, words) values ${values}`.execute(tx);
    return tickets;
  }
  const values = sql.join(
    documents.map(([id, words]) => sql`(${id}::integer, ${words}::tsvector)`),
  );
  await sql`insert into ticket_words (ticket, words) values ${values}
    on conflict (ticket) do update set words = excluded.words`.execute(tx);
  return tickets;
});

/** Words with spaces between them, and marks that nobody can type: of its estate, and whether it is open. */
function documentOf(row: TicketRow, log: readonly Worded[]): string {
  const both = (text: string) => Object.values(JSON.parse(text) as Record<string, string>);
  const words = new Set([
    edition,
    estateMark(row.estate),
    ...(isOpen(row.state) ? [openMark] : []),
  ]);
  const texts = [
    ...[refOf(row.id), row.place, row.owner, row.first_asked, row.handover_to, row.assigned],
    ...[row.fixed_by, ...both(row.title), ...both(row.why), ...both(row.subject_name)],
    ...[...both(row.item_name), row.subject, row.item],
    ...(row.reporter === null ? [] : Object.values(JSON.parse(row.reporter))),
  ];
  for (const text of texts) if (typeof text === 'string') addWords(words, text);
  for (const { note, data, by, actor } of log) {
    if (note !== null) addWords(words, note);
    if (actor !== '') addWords(words, by);
    if (data !== '{}') for (const text of textsOf(JSON.parse(data))) addWords(words, text);
  }
  return [...words].join(' ');
}

function addWords(words: Set<string>, text: string): void {
  for (const word of wordsOf(text)) {
    if (words.size >= mostWords) return;
    words.add(word);
  }
}

/** Members of an entry's data that people write or read; the others are codes. */
const said: ReadonlySet<string> = new Set([
  ...['what', 'cause', 'evidence', 'risk', 'to', 'by', 'name', 'words', 'contact', 'reason'],
]);

function textsOf(data: unknown, key = ''): string[] {
  if (typeof data === 'string') return said.has(key) ? [data] : [];
  if (Array.isArray(data)) return data.flatMap((one) => textsOf(one, key));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => textsOf(value, name));
}

const openMark = '_open';
const estateMark = (estate: string) => `_in_${estate.replaceAll('-', '_0')}`;

/** What to look for, as either database takes it. */
export interface Search {
  /** Null: nothing can be found by this text. */
  readonly match: string | null;
  /** The ticket that is called by this text; it comes first. */
  readonly exact: number | null;
}

export interface SearchScope {
  readonly estates: readonly string[] | null;
  readonly open: boolean;
}

/** @returns null for a text of spaces: then nothing is looked for */
export function searchFor(db: Db, text: string, scope: SearchScope): Search | null {
  if (text.trim() === '') return null;
  const ref = /^\s*(ct)?[-\s]*(\d{4,9})\s*$/i.exec(text.normalize('NFKC'));
  const exact = ref === null ? null : Number(ref[2]) - 1000;
  const sought = soughtIn(ref === null ? text : `${ref[1] ?? ''} ${ref[2]}`);
  if (sought.length === 0) return { match: null, exact: null };
  const sqlite = engineOf(db) === 'sqlite';
  const spelt = sqlite
    ? (word: string, prefix: boolean) => `"${word}"${prefix ? '*' : ''}`
    : (word: string, prefix: boolean) => `'${word}'${prefix ? ':*' : ''}`;
  const [and, or] = sqlite ? [' AND ', ' OR '] : [' & ', ' | '];
  const terms = sought.map(({ word, prefix }) => spelt(word, prefix));
  if (scope.open) terms.push(spelt(openMark, false));
  if (scope.estates !== null && scope.estates.length <= 20) {
    terms.push(`(${scope.estates.map((estate) => spelt(estateMark(estate), false)).join(or)})`);
  }
  return { match: terms.join(and), exact };
}

/** Whether a ticket of the table `t` is found. */
export function isFound(db: Db, match: string): RawBuilder<SqlBool> {
  return engineOf(db) === 'sqlite'
    ? sql<SqlBool>`t.id in (select rowid from ticket_words where ticket_words match ${match})`
    : sql<SqlBool>`t.id in (select ticket from ticket_words where words @@ ${match}::tsquery)`;
}

/**
 * Of the next tickets after one, those that are not taken in yet, or were by another edition.
 * @returns the last one that was looked at, null at the end
 */
export async function notTakenIn(
  db: Db,
  after: number,
  limit: number,
): Promise<{ readonly ids: readonly number[]; readonly last: number | null }> {
  const next = db.selectFrom('tickets').select('id').where('id', '>', after);
  const all = (await next.orderBy('id').limit(limit).execute()).map(({ id }) => id);
  const last = all.at(-1) ?? null;
  if (last === null) return { ids: [], last };
  const known =
    engineOf(db) === 'sqlite'
      ? sql<{ id: number }>`select rowid as id from ticket_words
          where ticket_words match ${`"${edition}"`} and rowid > ${after} and rowid <= ${last}`
      : sql<{ id: number }>`select ticket as id from ticket_words
          where words @@ ${`'${edition}'`}::tsquery and ticket > ${after} and ticket <= ${last}`;
  const taken = new Set((await known.execute(db)).rows.map(({ id }) => id));
  return { ids: all.filter((id) => !taken.has(id)), last };
}
