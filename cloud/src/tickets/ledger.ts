import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { LedgerRow, Severity, TicketFilter } from '../contract/index.ts';
import type { Database, Db } from '../db/database.ts';
import { workOf } from './acts/bill.ts';
import type { ClockRow } from './clocks/rows.ts';
import { narrowed, type Viewer } from './filters.ts';
import { refOf, type TicketEventRow, type TicketRow } from './rows.ts';

/** When it was received, and its id. */
export const ledgerKey = z.tuple([z.number(), z.number()]);
export type LedgerKey = z.infer<typeof ledgerKey>;

export interface LedgerQuery {
  /** `from` and `to` are about when a matter was received. */
  readonly filter: TicketFilter;
  readonly viewer: Viewer;
  readonly limit: number;
  readonly after: LedgerKey | null;
}

type Entry = TicketEventRow;
type Clock = Pick<ClockRow, 'clock' | 'outcome' | 'due'>;

/** A page of the ledger, in the order in which matters were received. */
export async function ledgerPage(
  { read: db }: Database,
  { filter, viewer, limit, after }: LedgerQuery,
): Promise<LedgerRow[]> {
  if (viewer.estates?.length === 0) return [];
  const { from, to, ...rest } = filter;
  const where: RawBuilder<SqlBool>[] = [
    sql`t.state <> 'withdrawn'`,
    ...narrowed(rest, viewer),
    ...(from === undefined ? [] : [sql<SqlBool>`t.opened >= ${from}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`t.opened < ${to}`]),
  ];
  if (after !== null) {
    const [opened, id] = after;
    where.push(sql`t.opened >= ${opened} and (t.opened > ${opened} or t.id > ${id})`);
  }
  const { rows } = await sql<TicketRow>`select t.* from tickets as t
    where ${sql.join(where, sql` and `)} order by t.opened, t.id limit ${limit}`.execute(db);
  return withLogs(db, rows, viewer.now);
}

async function withLogs(db: Db, rows: readonly TicketRow[], now: number): Promise<LedgerRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const entries = await db
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket', 'in', ids)
    .orderBy('ticket')
    .orderBy('sequence')
    .execute();
  const clocks = await db
    .selectFrom('ticket_clocks')
    .select(['ticket', 'clock', 'outcome', 'due'])
    .where('ticket', 'in', ids)
    .where('outcome', '<>', 'void')
    .orderBy('ticket')
    .orderBy('started')
    .orderBy('clock')
    .execute();
  const logs = Map.groupBy(entries, ({ ticket }) => ticket);
  const ended = Map.groupBy(clocks, ({ ticket }) => ticket);
  return rows.map((row) => ledgerRow(row, logs.get(row.id) ?? [], ended.get(row.id) ?? [], now));
}

/** What the desk writes down of a matter; the last one of what happened more than once, the first dispatch and arrival. */
function ledgerRow(
  row: TicketRow,
  log: readonly Entry[],
  clocks: readonly Clock[],
  now: number,
): LedgerRow {
  const first = (type: Entry['type']) => log.find((entry) => entry.type === type)?.at ?? null;
  const last = (type: Entry['type']) => log.findLast((entry) => entry.type === type);
  const names = (is: (clock: Clock) => boolean) => [
    ...new Set(clocks.filter(is).map(({ clock }) => clock)),
  ];
  // One that still runs is missed from its due instant on.
  const missed = ({ outcome, due }: Clock) =>
    outcome === 'missed' || (outcome === 'open' && due <= now);
  const signed = last('signed-off');
  const followed = last('followed-up');
  const reporter: LedgerRow['reporter'] = row.reporter === null ? null : JSON.parse(row.reporter);
  return {
    id: row.id,
    ref: refOf(row.id),
    estate: row.estate,
    received: row.opened,
    onset: row.onset,
    source: row.source,
    channel: channelOf(row, reporter),
    reporter,
    place: row.place,
    subject: row.subject,
    subjectName: JSON.parse(row.subject_name),
    item: row.item,
    matter: JSON.parse(row.title),
    severity: row.severity as Severity,
    class: row.class,
    team: row.team,
    state: row.state,
    firstAsked: row.first_asked,
    owner: row.owner,
    assigned: row.assigned,
    dispatched: first('dispatched'),
    arrived: first('arrived'),
    fixed: row.fixed,
    verified: row.verified,
    signed: signed?.at ?? null,
    signedBy: signed === undefined ? null : (dataOf<{ by?: string }>(signed).by ?? null),
    followedUp: followed?.at ?? null,
    satisfied:
      followed === undefined
        ? null
        : (dataOf<Pick<LedgerRow, 'satisfied'>>(followed).satisfied ?? null),
    closed: row.closed,
    clocksMet: names(({ outcome }) => outcome === 'met'),
    clocksMissed: names(missed),
    parts: log.flatMap(partsIn),
    fee: feeOf(workOf(log, now)),
  };
}

/** What an entry says beside its words; commands are checked before they are written down. */
const dataOf = <T>({ data }: Entry): T => JSON.parse(data) as T;

function channelOf({ source }: TicketRow, reporter: LedgerRow['reporter']): LedgerRow['channel'] {
  if (source === 'episode') return 'sensor';
  if (source === 'gateway-alarm') return 'gateway';
  return reporter?.channel ?? 'desk';
}

type Used = LedgerRow['parts'][number];

function partsIn(entry: Entry): Used[] {
  if (entry.type === 'part-used') return [usedOf(dataOf<Used>(entry))];
  if (entry.type !== 'temporary-measure') return [];
  return (dataOf<{ parts?: Used[] }>(entry).parts ?? []).map(usedOf);
}

const usedOf = ({ name, quantity, price = null }: Used): Used => ({ name, quantity, price });

function feeOf({ bill, quote, parts, consent }: ReturnType<typeof workOf>): LedgerRow['fee'] {
  if (quote === null && parts.every(({ price }) => price === null)) return null;
  return { ...bill, agreed: consent?.at ?? null };
}
