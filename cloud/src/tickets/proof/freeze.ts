import type { Reading } from '@caretaker/readings';
import { sql } from 'kysely';
import { isOpen, type TicketTrace } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { CommitContext, Committed } from '../../host/commit.ts';
import { append } from '../append.ts';
import type { TicketRow } from '../rows.ts';
import { toldTo } from './load.ts';
import type { Kept } from './thin.ts';
import { instantsOf, loadTraces, pointsOf, readAround, type TraceRow } from './traces.ts';
import type { ProofParts } from './watch.ts';
import { around } from './window.ts';

/** Tickets that are looked at in one go. */
const most = 50;
/** What cannot be kept yet, because its gateway has not told all, is looked at again after this, milliseconds. */
const patience = 60_000;
/** A gateway that tells nothing for this long: what is there is kept. */
const longestWait = 7 * 24 * 3_600_000;
/** Readings come this late when they come while the cloud is away. */
const lateness = 24 * 3_600_000;
const nothing: Committed = { episodes: [], tickets: [] };

interface Window {
  readonly ticket: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Keeps with each ticket the readings around its onset and around each fix, once half an hour of event time has passed,
 * and keeps them anew when late readings belong there while it is open. They stay when the store has let its own go.
 */
export class TraceKeeper {
  readonly #parts: ProofParts;
  /** Where late readings would belong to what is kept of open tickets, by point. */
  readonly #windows = new Map<string, Window[]>();
  readonly #changed = new Set<number>();
  #looking = false;

  constructor(parts: ProofParts) {
    this.#parts = parts;
  }

  /** Reads what is kept of open tickets. */
  async load(): Promise<void> {
    const { database, sources } = this.#parts;
    const rows = await database.read
      .selectFrom('ticket_traces')
      .innerJoin('tickets', 'tickets.id', 'ticket_traces.ticket')
      .selectAll('ticket_traces')
      .select('tickets.state')
      .where('to_at', '>', sources.now() - 35 * lateness)
      .execute();
    for (const row of rows.filter(({ state }) => isOpen(state))) {
      this.#follow(row);
      // What came just before the end may have been noted by nobody.
      if (row.to_at > sources.now() - lateness) this.#changed.add(row.ticket);
    }
  }

  /** Readings that were judged: some may belong to what is kept already. */
  note(readings: readonly Reading[]): void {
    if (this.#windows.size === 0) return;
    for (const { point, at } of readings) {
      for (const { ticket, from, to } of this.#windows.get(point) ?? []) {
        if (at >= from && at <= to) this.#changed.add(ticket);
      }
    }
  }

  /** A ticket changed: what is over is followed no longer. */
  changed({ id, state }: Pick<TicketRow, 'id' | 'state'>): void {
    if (!isOpen(state)) this.#forget(id);
  }

  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await this.#look().finally(() => {
      this.#looking = false;
    });
  }

  async #look(): Promise<void> {
    const { database, sources } = this.#parts;
    for (const estate of this.#parts.hosts.keys()) await arrangeFixes(database, estate);
    const changed = [...this.#changed].slice(0, most);
    for (const id of changed) this.#changed.delete(id);
    const due = await database.read
      .selectFrom('tickets')
      .select(['id', 'estate'])
      .where('trace_due', 'is not', null)
      .where('trace_due', '<=', sources.now())
      .orderBy('trace_due')
      .limit(most)
      .execute();
    const again = await estatesOf(database, changed);
    const all = new Map([...again, ...due].map(({ id, estate }) => [id, estate]));
    for (const [id, estate] of all) {
      const host = this.#parts.hosts.get(estate);
      if (host?.ready === true) await host.between((tx, context) => this.#keep(tx, id, context));
    }
  }

  async #keep(tx: Tx, id: number, context: CommitContext): Promise<Committed> {
    const { sources } = this.#parts;
    const { now } = context;
    const row = await tx.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirst();
    const points = row === undefined ? null : await pointsOf(sources, tx, row);
    if (row === undefined || points === null) return nothing;
    const told = toldTo(sources, row, points) ?? 0;
    const instants = row.state === 'withdrawn' ? [] : [...instantsOf(row)];
    const isPast = (at: number) => told >= at + around || now >= at + longestWait;
    const fresh: TicketTrace['around'][] = [];
    for (const [one, at] of instants.filter(([, at]) => isPast(at))) {
      if (await this.#keepAround(tx, row, points, one, at, now)) fresh.push(one);
    }
    const open = instants.filter(([, at]) => !isPast(at)).map(([, at]) => at + around);
    const next = open.map((due) => (now < due ? due : now + patience));
    const due = next.length === 0 ? null : Math.min(...next);
    await tx.updateTable('tickets').set({ trace_due: due }).where('id', '=', id).execute();
    if (fresh.length === 0) return nothing;
    const entry = { type: 'readings-frozen', by: 'engine', note: null, reason: null } as const;
    const events = fresh.map((one) => {
      return { ...entry, episode: null, data: { around: one }, patch: {} };
    });
    const after = await append(tx, row, events, now, context.timeOf);
    return { episodes: [], tickets: [after] };
  }

  /** @returns whether nothing was kept around this instant before */
  async #keepAround(
    tx: Tx,
    row: TicketRow,
    points: readonly string[],
    one: TicketTrace['around'],
    at: number,
    now: number,
  ): Promise<boolean> {
    const kept = await loadTraces(tx, row.id);
    const before = kept.find((trace) => trace.around === one && trace.from_at === at - around);
    const found = await readAround(this.#parts.sources.store, points, at);
    if (before !== undefined && !isMore(found, before)) return false;
    const trace = await save(tx, { ticket: row.id, around: one, at, found, now });
    if (isOpen(row.state)) this.#follow(trace);
    return before === undefined;
  }

  #follow({ ticket, from_at: from, to_at: to, readings }: TraceRow): void {
    const points: readonly Kept[] = JSON.parse(readings);
    for (const { point } of points) {
      const others = (this.#windows.get(point) ?? []).filter(
        (w) => w.ticket !== ticket || w.from !== from,
      );
      this.#windows.set(point, [...others, { ticket, from, to }]);
    }
  }

  #forget(ticket: number): void {
    for (const [point, windows] of this.#windows) {
      const left = windows.filter((w) => w.ticket !== ticket);
      if (left.length === 0) this.#windows.delete(point);
      else this.#windows.set(point, left);
    }
  }
}

/** Puts down for each new claim when the readings around it are to be kept. */
async function arrangeFixes(database: Database, estate: string): Promise<void> {
  const { rows } = await sql<Pick<TicketRow, 'id'>>`
    select id from tickets
    where estate = ${estate} and state in ('fixed', 'verified', 'signed-off', 'follow-up')
      and fixed is not null and (trace_fix is null or trace_fix <> fixed)
    limit ${most}`.execute(database.read);
  for (const { id } of rows) {
    await database.write((tx) =>
      tx
        .updateTable('tickets')
        .set((eb) => ({
          trace_fix: eb.ref('fixed'),
          trace_due: sql<number>`coalesce(trace_due, fixed + ${around})`,
        }))
        .where('id', '=', id)
        .execute(),
    );
  }
}

async function estatesOf(database: Database, ids: readonly number[]) {
  if (ids.length === 0) return [];
  return database.read
    .selectFrom('tickets')
    .select(['id', 'estate'])
    .where('id', 'in', ids)
    .execute();
}

/** Late readings add; what the store has let go does not take away from what is kept. */
function isMore(found: readonly Kept[], before: TraceRow): boolean {
  const total = (all: readonly Kept[]) => all.reduce((sum, { count }) => sum + count, 0);
  return total(found) > total(JSON.parse(before.readings));
}

async function save(
  tx: Tx,
  given: {
    readonly ticket: number;
    readonly around: TicketTrace['around'];
    readonly at: number;
    readonly found: readonly Kept[];
    readonly now: number;
  },
): Promise<TraceRow> {
  const { ticket, at, found, now } = given;
  const trace: TraceRow = {
    ...{ ticket, around: given.around, from_at: at - around, to_at: at + around, frozen: now },
    readings: JSON.stringify(found),
  };
  const { from_at, to_at, frozen, readings } = trace;
  await tx
    .insertInto('ticket_traces')
    .values(trace)
    .onConflict((conflict) =>
      conflict.columns(['ticket', 'around']).doUpdateSet({ from_at, to_at, frozen, readings }),
    )
    .execute();
  return trace;
}
