import { sql } from 'kysely';
import type {
  ClockEntry,
  ClockName,
  Severity,
  TicketClock as Shown,
  Ticket,
  TicketDetail,
} from '../../contract/index.ts';
import type { Database } from '../../db/database.ts';
import { refOf } from '../rows.ts';
import type { TimeOf } from './keep.ts';
import { progressAt } from './progress.ts';
import { type ClockRow, clockOf } from './rows.ts';

interface ClockParts {
  readonly database: Database;
  readonly timeOf: TimeOf;
}

export interface ClockQuery {
  /** Null for all. */
  readonly estates: readonly string[] | null;
  readonly state: 'missed' | 'running';
  readonly clock?: ClockName | undefined;
  /** Due from this instant on, and before that one. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  /** Key of the last one of the page before. */
  readonly after: ClockKey | null;
}

export type ClockKey = readonly [due: number, ticket: number, clock: string, round: number];

export const clockKeyOf = (entry: ClockEntry): ClockKey => [
  entry.due,
  entry.ticket,
  entry.clock,
  entry.round,
];

/** Missed clocks, the latest due first; or those that run on or stand still, the first due first. */
export async function listClocks(
  { database, timeOf }: ClockParts,
  query: ClockQuery,
  now: number,
): Promise<ClockEntry[]> {
  if (query.estates?.length === 0) return [];
  const rows = await selectClocks(database, query, now).execute();
  return rows.map((row) => ({
    ...shownClock(row, timeOf, now),
    ticket: row.ticket,
    ref: refOf(row.ticket),
    estate: row.estate,
    subject: row.subject,
    subjectName: JSON.parse(row.subject_name),
    title: JSON.parse(row.title),
    severity: row.severity as Severity,
    ticketState: row.state,
    owner: row.owner,
    opened: row.opened,
  }));
}

/** Each from the index of what is due, in its order. */
export function selectClocks({ read }: Database, query: ClockQuery, now: number) {
  const missed = query.state === 'missed';
  const direction = missed ? 'desc' : 'asc';
  let select = read
    .selectFrom('ticket_clocks as c')
    .innerJoin('tickets as t', 't.id', 'c.ticket')
    .selectAll('c')
    .select(['t.subject', 't.subject_name', 't.title', 't.severity', 't.state', 't.owner'])
    .select('t.opened')
    // In literal SQL, so that both databases see that their index holds all of it.
    .where(sql<boolean>`(c.outcome = 'open' or c.outcome = 'missed')`)
    .where('c.due', missed ? '<=' : '>', now)
    .orderBy('c.due', direction)
    .orderBy('c.ticket', direction)
    .orderBy('c.clock', direction)
    .orderBy('c.round', direction)
    .limit(query.limit);
  if (!missed) select = select.where(sql<boolean>`c.outcome = 'open'`);
  if (query.estates !== null) select = select.where('c.estate', 'in', query.estates);
  if (query.clock !== undefined) select = select.where('c.clock', '=', query.clock);
  if (query.from !== undefined) select = select.where('c.due', '>=', query.from);
  if (query.to !== undefined) select = select.where('c.due', '<', query.to);
  if (query.after !== null) {
    const [due, ticket, clock, round] = query.after;
    const than = sql.raw(missed ? '<' : '>');
    select = select.where(
      sql<boolean>`(c.due, c.ticket, c.clock, c.round) ${than} (${due}, ${ticket}, ${clock}, ${round})`,
    );
  }
  return select;
}

/** The clocks of a ticket, the earliest started first, and what follows from them. */
export async function clocksOfTicket(
  { database, timeOf }: ClockParts,
  ticket: number,
  now: number,
): Promise<Pick<TicketDetail, 'clocks' | 'workVoid'>> {
  const rows = await database.read
    .selectFrom('ticket_clocks')
    .selectAll()
    .where('ticket', '=', ticket)
    .orderBy('started')
    .orderBy('due')
    .orderBy('clock')
    .execute();
  const clocks = rows.map((row) => shownClock(row, timeOf, now));
  const workVoid = clocks.some(({ clock, state }) => clock === 'promise' && state === 'missed');
  return { clocks, workVoid };
}

/** Says of the clock of each ticket how much of its time has been counted. */
export async function withShares(
  parts: ClockParts,
  tickets: readonly Ticket[],
  now: number,
): Promise<Ticket[]> {
  const running = tickets.filter(({ clock }) => clock !== null).map(({ id }) => id);
  const shares = running.length === 0 ? new Map() : await sharesOf(parts, running, now);
  return tickets.map((ticket) => {
    const { clock, id } = ticket;
    return clock === null
      ? ticket
      : { ...ticket, clock: { ...clock, share: shares.get(id) ?? null } };
  });
}

async function sharesOf(
  { database, timeOf }: ClockParts,
  tickets: readonly number[],
  now: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await database.read
    .selectFrom('ticket_clocks')
    .selectAll()
    .where('ticket', 'in', tickets)
    .where('outcome', '=', 'open')
    .orderBy('due', 'desc')
    .execute();
  // Of each ticket the last one stays: the one that is due first.
  const first = new Map(rows.map((row) => [row.ticket, row]));
  return new Map([...first].map(([id, row]) => [id, shownClock(row, timeOf, now).share]));
}

function shownClock(row: ClockRow, timeOf: TimeOf, now: number): Shown {
  const { pauses: _, claims: __, working: ___, outcome: ____, ...clock } = clockOf(row);
  return { ...clock, ...progressAt(clockOf(row), timeOf(row.estate), now) };
}
