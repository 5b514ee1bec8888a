import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { TicketCounts, TicketFilter, TicketSort } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { isOpenGroup, isOpenRow, narrowed, tabs, type Viewer } from './filters.ts';
import type { TicketEventRow, TicketRow } from './rows.ts';
import { isFound, searchFor } from './search.ts';

/** How a list is sorted: as asked for, or by `found` where a text is looked for. */
type Order = TicketSort | 'found';

/** Of the last one of a page: how its list is sorted, and its place in that. */
export const ticketKey = z.tuple([
  z.enum(['due', 'newest', 'severity', 'age', 'found']),
  z.number(),
  z.number(),
  z.number(),
]);
export type TicketKey = z.infer<typeof ticketKey>;

export interface TicketQuery {
  readonly filter: TicketFilter;
  readonly viewer: Viewer;
  readonly limit: number;
  readonly after: TicketKey | null;
}

/** A part of a page, and the place of each row in the order of its list. */
export interface Listed {
  readonly row: TicketRow;
  readonly key: TicketKey;
}

const last = Number.MAX_SAFE_INTEGER;
const severities = ['emergency', 'high', 'medium', 'low'];
/* Numbers and words stand in the statement itself: an index of expressions is used for the very same ones alone. */
const rank = sql.raw(
  `(case t.severity when 'emergency' then 0 when 'high' then 1 when 'medium' then 2 when 'low' then 3 else 4 end)`,
);
const due = sql.raw(`(coalesce(t.next_due, ${last}))`);
const onset = sql.raw('t.onset');
const id = sql.raw('t.id');
type Where = RawBuilder<SqlBool>;
type Part = readonly [what: RawBuilder<unknown>, direction: 'asc' | 'desc'];
type Parts = readonly [Part, ...Part[]];

interface Sorting {
  readonly by: Parts;
  readonly keyOf: (row: TicketRow) => readonly number[];
}

const rankOf = ({ severity }: TicketRow) => {
  const found = severities.indexOf(severity);
  return found < 0 ? severities.length : found;
};

function sortingBy(order: Order, exact: number | null): Sorting {
  switch (order) {
    case 'due':
      return {
        by: [
          [due, 'asc'],
          [rank, 'asc'],
          [id, 'asc'],
        ],
        keyOf: (row) => [row.next_due ?? last, rankOf(row), row.id],
      };
    case 'severity':
      return {
        by: [
          [rank, 'asc'],
          [onset, 'desc'],
          [id, 'desc'],
        ],
        keyOf: (row) => [rankOf(row), row.onset, row.id],
      };
    case 'age':
      return {
        by: [
          [onset, 'asc'],
          [id, 'asc'],
        ],
        keyOf: (row) => [row.onset, row.id],
      };
    case 'newest':
      return {
        by: [
          [onset, 'desc'],
          [id, 'desc'],
        ],
        keyOf: (row) => [row.onset, row.id],
      };
    case 'found': {
      if (exact === null) return { by: [[id, 'desc']], keyOf: (row) => [row.id] };
      const other = sql`(case when t.id = ${exact} then 0 else 1 end)`;
      return {
        by: [
          [other, 'asc'],
          [id, 'desc'],
        ],
        keyOf: (row) => [row.id === exact ? 0 : 1, row.id],
      };
    }
  }
}

/** Whether a row comes after a place in the order. */
function beyond([[what, direction], ...rest]: Parts, [at = 0, ...key]: readonly number[]): Where {
  const further: Where = sql`${what} ${sql.raw(direction === 'asc' ? '>' : '<')} ${at}`;
  const [next, ...others] = rest;
  if (next === undefined) return further;
  return sql`(${further} or (${what} = ${at} and ${beyond([next, ...others], key)}))`;
}

/** The first part also bounds from where an index is read. */
function comesAfter(parts: Parts, key: readonly number[]): Where {
  const [[what, direction]] = parts;
  const [at = 0] = key;
  const bound = sql`${what} ${sql.raw(direction === 'asc' ? '>=' : '<=')} ${at}`;
  return sql`(${bound} and ${beyond(parts, key)})`;
}

/**
 * A page of tickets. Its ids are found by indexes alone, and only the rows that are shown are read.
 * @returns null when its cursor belongs to a list that is sorted otherwise
 */
export async function listTickets(
  { read: db }: Database,
  { filter, viewer, limit, after }: TicketQuery,
): Promise<Listed[] | null> {
  const scope = { estates: viewer.estates, open: isOpenGroup(filter.state ?? 'all') };
  const search = filter.text === undefined ? null : searchFor(db, filter.text, scope);
  const order = search !== null && filter.sort === undefined ? 'found' : (filter.sort ?? 'newest');
  if (after !== null && after[0] !== order) return null;
  if (viewer.estates?.length === 0 || search?.match === null) return [];
  const sorting = sortingBy(order, search?.exact ?? null);
  const where = [
    sql<SqlBool>`1 = 1`,
    ...(search === null ? [] : [isFound(db, search.match ?? '')]),
    ...narrowed(filter, viewer),
    ...(after === null ? [] : [comesAfter(sorting.by, after.slice(1) as number[])]),
  ];
  const by = sql.join(sorting.by.map(([what, direction]) => sql`${what} ${sql.raw(direction)}`));
  const page = sql`select t.id from tickets as t where ${sql.join(where, sql` and `)}
    order by ${by} limit ${limit}`;
  const { rows } = await sql<TicketRow>`select t.* from tickets as t
    where t.id in (${page}) order by ${by}`.execute(db);
  return rows.map((row) => {
    const [a = 0, b = 0, c = 0] = sorting.keyOf(row);
    return { row, key: [order, a, b, c] };
  });
}

/** Open tickets that are counted at most. */
const mostCounted = 10_000;

/** What stands behind each tab of the list. */
export async function countTickets({ read: db }: Database, viewer: Viewer): Promise<TicketCounts> {
  const nothing = { open: 0, mine: 0, late: 0, waiting: 0, proving: 0, more: false };
  if (viewer.estates?.length === 0) return nothing;
  const where = sql.join([isOpenRow, ...narrowed({}, viewer)], sql` and `);
  const sums = tabs(viewer).map(
    ([name, is]) => sql`coalesce(sum(case when ${is} then 1 else 0 end), 0) as ${sql.ref(name)}`,
  );
  const { rows } = await sql<Record<keyof typeof nothing, number>>`
    select count(*) as open, ${sql.join(sums)} from (
      select t.state, t.next_due, t.owner_person, t.assigned_person, t.handover_person
      from tickets as t where ${where} limit ${mostCounted + 1}) as t`.execute(db);
  const [{ open = 0, mine = 0, late = 0, waiting = 0, proving = 0 } = nothing] = rows;
  const counts = [open, mine, late, waiting, proving].map(Number);
  const [all = 0, own = 0, overdue = 0, paused = 0, fixed = 0] = counts;
  const more = all > mostCounted;
  const shown = Math.min(all, mostCounted);
  return { open: shown, mine: own, late: overdue, waiting: paused, proving: fixed, more };
}

/** A ticket and its log, oldest first; undefined when there is none. */
export async function readTicket(
  database: Database,
  id: number,
): Promise<{ readonly row: TicketRow; readonly events: readonly TicketEventRow[] } | undefined> {
  const row = await database.read
    .selectFrom('tickets')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const events = await database.read
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('sequence')
    .execute();
  return { row, events };
}
