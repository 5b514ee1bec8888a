import type { EpisodeChange } from '@caretaker/standards/engine';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Database, type DatabaseConfig, openDatabase } from '../db/database.ts';
import { isDuplicate } from '../db/duplicate.ts';
import { Directory } from '../estates/directory.ts';
import { type CommitContext, commitChanges } from '../host/commit.ts';
import { workOf } from '../tickets/acts/bill.ts';
import { type TicketDesk, ticketDesk } from './ticket-desk.ts';
import type { Wish } from './ticket-wishes.ts';
import { everyTicket } from './tickets.ts';

const note = 'x';
const item = 'TP23-07';
const told = { subject: 'court/bin-1', item } as const;

/** What people do at once to a ticket, and workers to open one: it must be the same on either database. */
export function ticketLifeCases(open: () => Database, config: () => DatabaseConfig): void {
  const desk = ticketDesk(open);
  manyAtOnce(desk);
  anyOrder(desk);

  it('opens one ticket for a breach that a hundred workers raise at once', async () => {
    const workers = await Promise.all(Array.from({ length: 10 }, () => another(config(), open())));
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        const database = workers[i % workers.length]?.database ?? open();
        if (i % 2 === 0) return persistently(() => raise(database));
        return persistently(() => ticketDesk(() => database).report({ ...told, title: `${i}` }));
      }),
    );
    for (const { close } of workers) await close();
    const [ticket, ...others] = await everyTicket(open());
    expect(others).toEqual([]);
    const { row, events, folded } = await desk.read(ticket?.id ?? 0);
    expect(row).toMatchObject(folded);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events.filter(({ type }) => /^reported/.test(type))).toHaveLength(50);
    const episodes = await open().read.selectFrom('episodes').select('ticket').execute();
    expect(episodes).toEqual([{ ticket: row.id }]);
  });
}

function manyAtOnce(desk: TicketDesk): void {
  it('keeps every entry of a hundred people at once, and lets one of them move the ticket', async () => {
    const { id } = await desk.report({});
    const wishes: Wish[] = Array.from({ length: 100 }, (_, i) => {
      if (i % 4 === 0) return { type: 'acknowledge' };
      if (i % 4 === 1) return { type: 'prioritise', severity: 'high', note: `${i}` };
      if (i % 4 === 2) return { type: 'tick', step: 'knock', done: i % 8 === 2 };
      return { type: 'note', note: `${i}` };
    });
    const done = await Promise.allSettled(
      wishes.map((wish, i) => desk.act(id, wish, i % 2 ? 'lin' : 'dong', { seen: 1 })),
    );
    const moved = done.filter(({ status }, i) => i % 4 === 0 && status === 'fulfilled');
    expect(moved).toHaveLength(1);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(76);
    const { row, events, folded, log } = await desk.read(id);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(row).toMatchObject({ ...folded, revision: 77, state: 'acknowledged', severity: 'high' });
    expect(new Set(log.map((entry) => entry.note)).size).toBe(51);
  });

  it('shows the later of what two set at once, which names the one it overtook', async () => {
    const { id } = await desk.report({});
    const rank = (severity: 'high' | 'emergency', who: 'lin' | 'dong') =>
      desk.act(id, { type: 'prioritise', severity, note }, who, { seen: 1 });
    await rank('emergency', 'lin');
    expect(await rank('high', 'dong')).toMatchObject({ severity: 'high' });
    const { log } = await desk.read(id);
    const overtook = [{ by: 'Lin', field: 'severity', value: 'emergency' }];
    expect(log.at(-1)?.data.overtook).toEqual(overtook);
    expect(log.at(-2)?.data).not.toHaveProperty('overtook');
    const ahead = desk.act(id, { type: 'note', note }, 'lin', { seen: 4 });
    await expect(ahead).rejects.toMatchObject({ code: 'CLOUD_TICKET_REVISION' });
  });
}

const additions: readonly Wish[] = [
  { type: 'note', note: 'one' },
  { type: 'note', note: 'two' },
  { type: 'tick', step: 'knock', done: true },
  { type: 'tick', step: 'tools', done: false },
  { type: 'part', name: 'Hinge', quantity: 2, price: 300 },
  { type: 'part', name: 'Screw', quantity: 8, price: null },
  { type: 'answer', note: 'It comes today' },
  { type: 'promise', kind: 'hour' },
];

function anyOrder(desk: TicketDesk): void {
  it('adds the same in whatever order people send it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...additions]), async (order) => {
        const sorted = additions.filter((one) => order.includes(one));
        expect(await added(desk, order)).toEqual(await added(desk, sorted));
      }),
      { numRuns: 12 },
    );
  });
}

/** What a ticket says after these additions, of which each author had seen it as it was reported. */
async function added(desk: TicketDesk, wishes: readonly Wish[]) {
  const { id } = await desk.report({});
  for (const wish of wishes) {
    await desk.act(id, wish, wish.type === 'note' ? 'lin' : 'mei', { seen: 1 });
  }
  const { row, events, log, folded } = await desk.read(id);
  expect(row).toMatchObject(folded);
  const { checklist, parts, ...work } = workOf(events, 9000);
  const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  return {
    folded,
    log: sorted(log.map(({ sequence: _, ...entry }) => entry)),
    work: { ...work, checklist: sorted(checklist), parts: sorted(parts) },
  };
}

const same = { en: note, zh: note };
const context: CommitContext = {
  estate: 'court',
  naming: {
    subject: (subject) => ({ name: { en: subject, zh: subject }, demo: false }),
    item: () => same,
    fault: () => same,
  },
  overlay: { hiding: { hidersOf: () => [], hiddenBy: () => [] }, plannedCovers: () => [] },
  timeOf: new Directory([]).timeOf,
  now: 1000,
  behind: false,
};

/** What the engine says of one breach. */
function raise(database: Database): Promise<unknown> {
  const change: EpisodeChange = {
    type: 'opened',
    episode: {
      ...{ subject: told.subject, item, rule: 'fire', onset: 500, detected: 500, end: null },
      ...{ worst: 70, worstAt: 500, severity: 'high', effect: 'none', standardVersion: 'v1' },
      ...{ why: same, latched: false, history: false },
    },
  };
  return database.write((tx) => commitChanges(tx, [change], context));
}

/** Tries again when another worker was first, as whoever reads an inbox does. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDuplicate(error) || attempt > 200) throw error;
    }
  }
}

/** A worker with connections of its own; within one file of SQLite all share what is open. */
async function another(config: DatabaseConfig, shared: Database) {
  if (config.engine === 'sqlite') return { database: shared, close: async () => {} };
  const database = await openDatabase(config);
  return { database, close: () => database.close() };
}
