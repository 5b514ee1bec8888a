import { expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { append, type NewEvent } from '../tickets/append.ts';
import { rebuildClocks } from '../tickets/clocks/keep.ts';
import { type ClockQuery, clockKeyOf, clocksOfTicket, listClocks } from '../tickets/clocks/list.ts';
import { ClockWatch } from '../tickets/clocks/watch.ts';
import type { TicketPatch, TicketRow } from '../tickets/rows.ts';

const minute = 60_000;
/** A Wednesday, 10:00 in Shanghai. */
const start = Date.parse('2026-07-01T02:00:00Z');
const timeOf = () => ({ zone: 'Asia/Shanghai', holidays: [] });

/** What clocks of tickets must do on either database. */
export function clockCases(open: () => Database): void {
  const bench = benchOf(open);
  keepingCases(open, bench);
  sayingCases(open, bench);
  listingCases(open, bench);
}

type Bench = ReturnType<typeof benchOf>;

function benchOf(open: () => Database) {
  const text = JSON.stringify({ en: 'x', zh: 'x' });
  const add = (row: TicketRow, type: NewEvent['type'], patch: TicketPatch, at: number, data = {}) =>
    open().write((tx) => {
      const base = { by: 'Lin', note: null, reason: null, episode: null };
      return append(tx, row, [{ ...base, type, patch, data }], at, timeOf);
    });
  const born = async (
    severity: string,
    at = start,
    source: TicketRow['source'] = 'episode',
    asset = `a-${at}`,
  ): Promise<TicketRow> => {
    const row = await open().write((tx) =>
      tx
        .insertInto('tickets')
        .values({
          ...{ estate: 'court', subject: `court/${asset}`, subject_name: text, item: 'TP01-01' },
          ...{ item_name: text, title: text, why: text, severity, state: 'new', source },
          ...{ condition_clear: 0, latched: 0, touched: 0, onset: at, opened: at, repeat: 1 },
          ...{ standard_version: 'v1', revision: 0, demo: 0 },
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return add(row, 'opened', { state: 'new', severity, onset: at, detected: at }, at);
  };
  const table = () =>
    open()
      .read.selectFrom('ticket_clocks')
      .selectAll()
      .orderBy('ticket')
      .orderBy('clock')
      .orderBy('round')
      .execute();
  const said = async (ticket: number) => {
    const rows = await open()
      .read.selectFrom('ticket_events')
      .select(['type', 'data', 'at'])
      .where('ticket', '=', ticket)
      .where('type', 'in', ['clock-warned', 'clock-missed'])
      .orderBy('sequence')
      .execute();
    return rows.map(({ at, data }) => {
      const { clock, share } = JSON.parse(data);
      return `${clock} ${share} after ${(at - start) / minute}`;
    });
  };
  const watchAt = (told: number[] = []) => {
    let now = start;
    const parts = { database: open(), timeOf, clock: { now: () => now } };
    const watch = new ClockWatch({ ...parts, tell: ({ id }) => told.push(id) });
    return {
      watch,
      look: async (minutes: number) => {
        now = start + minutes * minute;
        await watch.look();
      },
    };
  };
  return { add, born, table, said, watchAt };
}

function keepingCases(open: () => Database, { add, born, table, watchAt }: Bench): void {
  it('keep at hand what their logs amount to', async () => {
    let row = await born('high');
    row = await add(row, 'acknowledged', { state: 'acknowledged' }, start + 5 * minute);
    row = await add(row, 'arrived', { state: 'on-site' }, start + 30 * minute);
    const until = start + 600 * minute;
    const waiting = { state: 'waiting', waiting_reason: 'parts', waiting_until: until } as const;
    row = await add(row, 'waiting', waiting, start + 60 * minute, { evidence: 'order 4711' });
    row = await add(row, 'prioritised', { severity: 'emergency' }, start + 70 * minute);
    row = await add(row, 'note', { touched: 1 }, start + 75 * minute);
    row = await add(row, 'promised', {}, start + 80 * minute, { kind: 'hour' });
    const other = await born('low', start + minute);
    // Whoever was there has left: what grew worse meanwhile needs somebody again.
    expect(row).toMatchObject({ next_clock: 'arrive', next_due: start + 90 * minute });
    const kept = await table();
    expect(kept.map(({ ticket, clock }) => `${ticket} ${clock}`)).toEqual([
      ...['acknowledge', 'arrive', 'make-safe', 'promise', 'restore'].map((c) => `${row.id} ${c}`),
      ...['arrive', 'restore'].map((c) => `${other.id} ${c}`),
    ]);
    await open().write((tx) => tx.deleteFrom('ticket_clocks').execute());
    await open().write((tx) => rebuildClocks(tx, [row, other], timeOf));
    expect(await table()).toEqual(kept);
  });

  it('are derived for open tickets that have none', async () => {
    const row = await born('medium');
    const kept = await table();
    await open().write((tx) => tx.deleteFrom('ticket_clocks').execute());
    await open().write((tx) => tx.updateTable('tickets').set({ next_due: null }).execute());
    await watchAt().watch.load();
    expect(await table()).toEqual(kept);
    const shown = await clocksOfTicket({ database: open(), timeOf }, row.id, start);
    expect(shown.clocks).toMatchObject([
      { clock: 'acknowledge', state: 'running', share: 0, target: { words: '4h working' } },
      { clock: 'arrive', state: 'running' },
      { clock: 'restore', state: 'running', due: start + 7 * 24 * 60 * minute },
    ]);
  });
}

function sayingCases(open: () => Database, { add, born, said, watchAt }: Bench): void {
  it('say once each when half, four fifths and all of their time is over', async () => {
    const told: number[] = [];
    const { look } = watchAt(told);
    const { id } = await born('emergency');
    for (const minutes of [2, 2.5, 3, 4, 4.5, 5, 5, 6]) await look(minutes);
    expect(await said(id)).toEqual([
      'acknowledge 50 after 2.5',
      'acknowledge 80 after 4',
      'acknowledge 100 after 5',
    ]);
    expect(told).toEqual([id, id, id]);
    // Another cloud on the same database, which comes late: of what was passed meanwhile the last is said.
    const another = watchAt();
    await another.look(70);
    expect((await said(id)).slice(3)).toEqual(['arrive 100 after 70', 'make-safe 50 after 70']);
    await look(71);
    expect(await said(id)).toHaveLength(5);
  });

  it('say nothing of what stopped in time, and of what was too late that it was', async () => {
    const { look } = watchAt();
    const row = await born('emergency');
    const taken = await add(row, 'acknowledged', { state: 'acknowledged' }, start + 2 * minute);
    await look(9);
    expect(await said(row.id)).toEqual([]);
    const late = { state: 'on-site' } as const;
    await add(taken, 'arrived', late, start + 21 * minute);
    await look(22);
    expect(await said(row.id)).toEqual(['arrive 100 after 22']);
  });

  it('say anew what another target makes new, and not what it had said before', async () => {
    const { look } = watchAt();
    let row = await born('high');
    await look(120);
    expect(await said(row.id)).toEqual(['acknowledge 100 after 120', 'arrive 50 after 120']);
    const fresh = async () =>
      open().read.selectFrom('tickets').selectAll().where('id', '=', row.id);
    row = await (await fresh()).executeTakeFirstOrThrow();
    row = await add(row, 'prioritised', { severity: 'emergency' }, start + 121 * minute);
    await look(124);
    row = await (await fresh()).executeTakeFirstOrThrow();
    row = await add(row, 'prioritised', { severity: 'high' }, start + 125 * minute);
    await look(126);
    expect((await said(row.id)).slice(2)).toEqual(['acknowledge 50 after 124']);
  });
}

function listingCases(open: () => Database, { born }: Bench): void {
  it('are listed by what was missed and what runs out next', async () => {
    for (const minutes of [0, 10, 20]) await born('emergency', start + minutes * minute);
    const list = async (more: Partial<ClockQuery>, now: number) => {
      const query = { estates: null, state: 'missed', limit: 50, after: null, ...more } as const;
      return listClocks({ database: open(), timeOf }, query, start + now * minute);
    };
    const named = (entries: Awaited<ReturnType<typeof list>>) =>
      entries.map(({ clock, subject, over }) => {
        return `${clock} ${(Number(subject.slice(8)) - start) / minute} ${over / minute}`;
      });
    const missed = await list({}, 26);
    expect(named(missed)).toEqual([
      'acknowledge 20 1',
      'arrive 0 6',
      'acknowledge 10 11',
      'acknowledge 0 21',
    ]);
    expect(missed[1]).toMatchObject({ ref: 'CT-1001', state: 'missed', late: 6 * minute });
    const next = await list({ state: 'running', limit: 2 }, 26);
    expect(named(next)).toEqual(['arrive 10 0', 'arrive 20 0']);
    const after = clockKeyOf(next[1] as (typeof next)[number]);
    expect(named(await list({ state: 'running', limit: 2, after }, 26))).toEqual([
      'make-safe 0 0',
      'make-safe 10 0',
    ]);
    const rest = await list({ after: clockKeyOf(missed[0] as (typeof missed)[number]) }, 26);
    expect(named(rest)).toEqual(named(missed.slice(1)));
    const due = { from: start + 15 * minute, to: start + 20 * minute };
    expect(named(await list({ clock: 'acknowledge', ...due }, 26))).toEqual(['acknowledge 10 11']);
    expect(await list({ estates: ['park'] }, 26)).toEqual([]);
    expect(await list({ estates: [] }, 26)).toEqual([]);
    expect(await list({ estates: ['court'] }, 26)).toHaveLength(4);
  });
}
