import { sql } from 'kysely';
import type { TicketFilter } from '../contract/index.ts';
import { type Database, type DatabaseConfig, engineOf, openDatabase } from '../db/database.ts';
import { listTickets } from '../tickets/list.ts';
import { ticketOf } from '../tickets/rows.ts';
import { burst, fillTickets } from './ticket-load.ts';

/** Milliseconds: of a page at the 95th percentile, and of opening all tickets of a burst. */
export interface TicketFigures {
  readonly list: number;
  readonly search: number;
  readonly burst: number;
}

export interface TicketBench {
  ours(): Promise<TicketFigures>;
  /** Plain statements for the same rows. */
  bare(): Promise<TicketFigures>;
  close(): Promise<void>;
}

const page = 50;
/** Pages of one figure. */
const pages = 200;
const words = [
  'slam',
  '关门',
  'B2车库',
  'closer',
  '路灯不亮',
  'gate north',
  'CT-5042',
  '王强',
  'lift stop',
];

/** What people look at most: what is urgent, what is theirs, one team, one touchpoint, what is over. */
const filters = (n: number): readonly TicketFilter[] => [
  { state: 'open', sort: 'due' },
  { state: 'open' },
  { state: 'late', sort: 'due' },
  { state: 'mine', sort: 'severity' },
  { state: 'closed' },
  { state: 'closed', severity: ['high', 'emergency'], team: ['security'] },
  { touchpoint: `TP${String(1 + (n % 35)).padStart(2, '0')}` },
  { state: 'waiting', sort: 'age' },
  { owner: 'nobody', state: 'open' },
];

/** A database with so many tickets, a tenth of them open, and what is measured on it. */
export async function ticketBench(
  config: DatabaseConfig,
  { tickets, opened }: { readonly tickets: number; readonly opened: number },
): Promise<TicketBench> {
  const database = await openDatabase(config);
  await fillTickets(database, tickets, tickets / 10);
  await sql`analyze`.execute(database.read);
  let round = 0;
  return {
    async ours() {
      round += 1;
      return {
        list: await p95((n) => pageOf(database, pick(filters(n), n), n)),
        search: await p95((n) => pageOf(database, { text: pick(words, n) }, n)),
        burst: (await burst(database, opened, `ours-${round}`)).took,
      };
    },
    async bare() {
      round += 1;
      const { rows } = await burst(database, opened, `bare-${round}`);
      return {
        list: await p95((n) => barePage(database, n)),
        search: await p95((n) => bareSearch(database, pick(words, n))),
        burst: await bareBurst(
          database,
          rows.map(({ id }) => id),
        ),
      };
    },
    close: () => database.close(),
  };
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

async function p95(work: (n: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < pages; n += 1) {
    const began = performance.now();
    await work(n);
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[Math.floor(pages * 0.95)] ?? Number.NaN;
}

async function pageOf(database: Database, filter: TicketFilter, n: number): Promise<string> {
  const now = Date.UTC(2026, 6, 1);
  // Every other one may look at some estates alone.
  const estates = n % 2 === 0 ? null : ['court', 'estate-3', 'estate-7'];
  const viewer = { person: `person-${n % 8}`, estates, now };
  const listed = await listTickets(database, { filter, viewer, limit: page + 1, after: null });
  return JSON.stringify((listed ?? []).map(({ row }) => ticketOf(row)));
}

/** The newest of one state: what a page costs that is narrowed by nothing else. */
async function barePage({ read }: Database, n: number): Promise<string> {
  const state = pick(['closed', 'new', 'waiting'], n);
  const { rows } = await sql`select * from tickets where state = ${state}
    order by onset desc, id desc limit ${page + 1}`.execute(read);
  return JSON.stringify(rows);
}

async function bareSearch({ read }: Database, text: string): Promise<string> {
  const [word = ''] = text.toLowerCase().match(/[a-z0-9]+|[一-龥]{1,2}/gu) ?? [];
  const matches =
    engineOf(read) === 'sqlite'
      ? sql`select rowid from ticket_words where ticket_words match ${`"${word}"`}`
      : sql`select ticket from ticket_words where words @@ ${`'${word}'`}::tsquery`;
  const { rows } = await sql`select * from tickets where id in (${matches})
    order by id desc limit ${page + 1}`.execute(read);
  return JSON.stringify(rows);
}

/** Writes what a burst wrote once more, under other numbers: a statement for 500 rows of a table. */
async function bareBurst(database: Database, ids: readonly number[]): Promise<number> {
  const { read } = database;
  const shift = 10_000_000;
  const of = <T extends { ticket: number | null }>(rows: readonly T[]) =>
    rows.map((row) => ({ ...row, ticket: (row.ticket ?? 0) + shift }));
  const tickets = (
    await read.selectFrom('tickets').selectAll().where('id', 'in', ids).execute()
  ).map((row) => ({ ...row, id: row.id + shift, subject: `${row.subject}-bare` }));
  const events = of(
    await read.selectFrom('ticket_events').selectAll().where('ticket', 'in', ids).execute(),
  );
  const clocks = of(
    await read.selectFrom('ticket_clocks').selectAll().where('ticket', 'in', ids).execute(),
  );
  const episodes = of(
    await read.selectFrom('episodes').selectAll().where('ticket', 'in', ids).execute(),
  ).map((row) => ({ ...row, id: row.id + shift, subject: `${row.subject}-bare` }));
  const began = performance.now();
  await database.write(async (tx) => {
    for (let from = 0; from < ids.length; from += 500) {
      const part = <T>(rows: readonly T[]) => {
        const share = rows.length / ids.length;
        return rows.slice(from * share, (from + 500) * share);
      };
      await tx.insertInto('episodes').values(part(episodes)).execute();
      await tx.insertInto('tickets').values(part(tickets)).execute();
      await tx.insertInto('ticket_events').values(part(events)).execute();
      if (clocks.length > 0) await tx.insertInto('ticket_clocks').values(part(clocks)).execute();
      const pages = part(tickets).map(({ id }) => ({
        ...{ key: `bare-${id}`, payload: `{"ticket":${id}}`, not_before: 0, attempts: 0 },
        done: 1,
      }));
      await tx.insertInto('outbox').values(pages).execute();
    }
  });
  const took = performance.now() - began;
  await database.write(async (tx) => {
    await tx.deleteFrom('tickets').where('id', '>=', shift).execute();
    await tx.deleteFrom('episodes').where('id', '>=', shift).execute();
    await tx.deleteFrom('ticket_events').where('ticket', '>=', shift).execute();
    await tx.deleteFrom('ticket_clocks').where('ticket', '>=', shift).execute();
    await tx.deleteFrom('outbox').where('key', 'like', 'bare-%').execute();
  });
  return took;
}
