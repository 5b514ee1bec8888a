import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditChain, auditInto } from '../audit/chain.ts';
import type { TicketCommand } from '../contract/index.ts';
import { type Database, type DatabaseConfig, openDatabase, type Tx } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { commitChanges } from '../host/commit.ts';
import { OutboxWorker, type Page } from '../outbox/outbox.ts';
import { listQuarantine, maxPerGateway, refuse, trim } from '../quarantine/quarantine.ts';
import type { Doer } from '../tickets/acts/act.ts';
import { command } from '../tickets/commands.ts';
import { readTicket } from '../tickets/list.ts';
import { factsOf, fold, patchOf, type TicketRow } from '../tickets/rows.ts';
import { clockCases } from './clock-suite.ts';
import { hidingCases } from './hiding-suite.ts';
import { hidingWorldCase } from './hiding-worlds.ts';
import { proofCases } from './proof-suite.ts';
import { readOnlyCases } from './read-only-suite.ts';
import { ticketListCases } from './ticket-list-suite.ts';
import { ticketLifeCases } from './ticket-suite.ts';
import { everyTicket } from './tickets.ts';
import { versionCases } from './version-suite.ts';
import { unwatched } from './world.ts';

const hour = 3_600_000;
const why = { en: 'why', zh: 'why' };
const naming = {
  subject: (subject: string) => ({ name: { en: subject, zh: subject }, demo: false }),
  item: (item: string) => ({ en: item, zh: item }),
  fault: (rule: string) => ({ en: `fault ${rule}`, zh: rule }),
};

function episode(onset: number, end: number | null, more: Partial<Episode> = {}): Episode {
  return {
    subject: 'court/gate',
    rule: 'gate-held-open',
    item: 'TP01-01',
    onset: onset * hour,
    detected: onset * hour,
    end: end === null ? null : end * hour,
    worst: 1,
    worstAt: onset * hour,
    severity: 'medium',
    effect: 'none',
    standardVersion: 'v1',
    why,
    latched: false,
    history: false,
    ...more,
  };
}

const overlay = { hiding: { hidersOf: () => [], hiddenBy: () => [] }, plannedCovers: () => [] };
const { timeOf } = new Directory([]);
const keyOf = ({ subject, rule, onset }: Episode) => ({ subject, rule, onset });
const opened = (e: Episode): EpisodeChange => ({ type: 'opened', episode: e });
const amended = (was: Episode, e: Episode): EpisodeChange => ({
  type: 'amended',
  was: keyOf(was),
  episode: e,
});
const withdrawn = (was: Episode): EpisodeChange => ({
  type: 'withdrawn',
  was: keyOf(was),
  reason: { en: 'late reading', zh: '迟到读数' },
});

export interface Fresh {
  readonly config: DatabaseConfig;
  drop(): Promise<void>;
}

const lin = (at: number): Doer => ({ actor: 'person:lin', name: 'Lin', at, directs: true });
const mei = (at: number): Doer => ({ actor: 'person:mei', name: 'Mei', at, directs: true });

/** A ticket that is there. */
async function read(database: Database, id: number) {
  const found = await readTicket(database, id);
  if (found === undefined) throw new Error(`no ticket ${id}`);
  return found;
}

/** One open database and what the cases do with it. */
function benchOf(open: () => Database) {
  return {
    apply: (...changes: EpisodeChange[]) =>
      open().write((tx) =>
        commitChanges(tx, changes, {
          estate: 'court',
          naming,
          overlay,
          timeOf,
          now: 900 * hour,
          behind: false,
        }),
      ),
    tickets: () => everyTicket(open()),
    standing: () =>
      open()
        .read.selectFrom('episodes')
        .select(['onset', 'ended', 'ticket'])
        .where('state', '=', 'standing')
        .orderBy('onset')
        .execute(),
    write: <T>(work: (tx: Tx) => Promise<T>) => open().write(work),
    desk: () => ({ database: open(), audit: auditInto(new AuditChain()), world: unwatched }),
    open,
  };
}
type Bench = ReturnType<typeof benchOf>;

/**
 * What the relational side must do on either database.
 * @param make an empty database for one test
 */
export function databaseSuite(name: string, make: () => Promise<Fresh>): void {
  describe(name, () => {
    let fresh: Fresh;
    let database: Database;
    beforeEach(async () => {
      fresh = await make();
      database = await openDatabase(fresh.config);
    });
    afterEach(async () => {
      await database.close();
      await fresh.drop();
    });
    const bench = benchOf(() => database);
    it('keeps its rows when it is opened again', async () => {
      await bench.apply(opened(episode(1, null)));
      await database.close();
      database = await openDatabase(fresh.config);
      expect(await bench.tickets()).toMatchObject([{ id: 1, state: 'new', onset: hour, demo: 0 }]);
    });
    episodeCases(bench);
    ticketCases(bench);
    titleCases(bench);
    commandCases(bench);
    pageCases(bench);
    oldNewsCases(bench);
    describe('clocks of tickets', () => clockCases(() => database));
    ticketLifeCases(
      () => database,
      () => fresh.config,
    );
    hidingCases(() => database);
    proofCases(() => database);
    hidingWorldCase(() => database, 10);
    ticketListCases(() => database);
    versionCases(() => database);
    readOnlyCases(
      () => database,
      () => fresh.config,
    );
  });
}

function episodeCases({ apply, tickets, standing, write, open }: Bench): void {
  it('does the same thing once, however often it is told', async () => {
    const first = episode(1, null);
    await apply(opened(first));
    await apply(opened(first));
    await apply(amended(first, episode(1, 2)));
    await apply(amended(first, episode(1, 2)));
    expect(await standing()).toEqual([{ onset: hour, ended: 2 * hour, ticket: 1 }]);
    const found = await readTicket(open(), 1);
    expect(found?.events.map((e) => e.type)).toEqual(['opened', 'episode-ended', 'self-cleared']);
    expect(found?.row).toMatchObject({ state: 'self-cleared', revision: 3 });
  });

  it('lets onsets trade places and episodes merge within one set of changes', async () => {
    const [a, b, c] = [episode(1, 2), episode(11, 12), episode(21, 22)];
    await apply(opened(a), opened(b), opened(c));
    await apply(amended(a, episode(11, 13)), amended(b, episode(21, 23)), withdrawn(c));
    expect(
      (await standing()).map(({ onset, ended }) => [onset / hour, (ended ?? 0) / hour]),
    ).toEqual([
      [11, 13],
      [21, 23],
    ]);
    const states = (await tickets()).map((t) => [t.onset / hour, t.state]);
    expect(states).toEqual([
      [21, 'withdrawn'],
      [21, 'self-cleared'],
      [11, 'self-cleared'],
    ]);
  });

  it('keeps what a failed transaction wrote out of the rows', async () => {
    const failing = write(async (tx) => {
      await commitChanges(tx, [opened(episode(1, null))], {
        estate: 'court',
        naming,
        overlay,
        timeOf,
        now: 0,
        behind: false,
      });
      throw new Error('power cut');
    });
    await expect(failing).rejects.toThrow('power cut');
    expect([await tickets(), await standing()]).toEqual([[], []]);
  });
}

function titleCases({ apply, tickets }: Bench): void {
  it('heads a ticket with its worst fault, and keeps the name of the item beside it', async () => {
    const slight = episode(1, null);
    await apply(opened(slight));
    const [first] = await tickets();
    expect(JSON.parse(first?.title ?? '')).toEqual({
      en: 'fault gate-held-open',
      zh: 'gate-held-open',
    });
    expect(JSON.parse(first?.item_name ?? '')).toEqual({ en: 'TP01-01', zh: 'TP01-01' });
    const grave = episode(2, null, { rule: 'gate-fault', severity: 'high' });
    await apply(opened(grave));
    const [second] = await tickets();
    expect(JSON.parse(second?.title ?? '')).toEqual({ en: 'fault gate-fault', zh: 'gate-fault' });
    await apply(withdrawn(grave));
    expect((await tickets()).map((t) => t.title)).toEqual([first?.title]);
  });
}

function ticketCases({ apply, tickets, write, open, desk }: Bench): void {
  it('refuses a second open ticket of one subject and item', async () => {
    await apply(opened(episode(1, null)));
    const { id: _, ...copy } = (await tickets())[0] as TicketRow;
    await expect(write((tx) => tx.insertInto('tickets').values(copy).execute())).rejects.toThrow();
    await write((tx) =>
      tx
        .insertInto('tickets')
        .values({ ...copy, state: 'closed' })
        .execute(),
    );
    expect(await tickets()).toHaveLength(2);
  });

  it('has rows that are the fold of their events', async () => {
    const first = episode(1, null, { severity: 'low' });
    await apply(opened(first));
    const raised = episode(2, null, { rule: 'other', severity: 'high' });
    await apply(opened(raised));
    await command(desk(), 1, { type: 'acknowledge', revision: 3 }, 'a', lin(5));
    await apply(amended(first, episode(1, 3, { severity: 'low' })));
    await command(desk(), 1, { type: 'cancel', revision: 5, note: 'done' }, 'b', mei(6));
    const { row, events } = await read(open(), 1);
    expect(events.map((e) => e.type)).toEqual([
      'opened',
      'episode-joined',
      'severity-raised',
      'acknowledged',
      'episode-ended',
      'cancelled',
    ]);
    expect(row).toMatchObject({ state: 'cancelled', owner: 'Lin', severity: 'high', revision: 6 });
    expect(row).toMatchObject(fold(events));
    expect(fold(events)).toMatchObject(patchOf(factsOf(row), null));
  });

  it('numbers repeats by event time, also when the earlier one is learnt of later', async () => {
    for (const [onset, end] of [
      [50, 51],
      [10, 11],
      [30, 31],
    ] as const) {
      await apply(opened(episode(onset, end)));
    }
    expect((await tickets()).map((t) => [t.onset / hour, t.repeat])).toEqual([
      [50, 3],
      [30, 2],
      [10, 1],
    ]);
  });
}

function commandCases({ apply, write, open, desk }: Bench): void {
  it('carries out one of a hundred commands at the same revision', async () => {
    await apply(opened(episode(1, null)));
    const wanted: TicketCommand = { type: 'acknowledge', revision: 1 };
    const done = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => command(desk(), 1, wanted, `key ${i}`, lin(1))),
    );
    expect(done.filter((d) => d.status === 'fulfilled')).toHaveLength(1);
    const same = await Promise.all(
      Array.from({ length: 20 }, () =>
        command(desk(), 1, { type: 'note', revision: 2, note: 'x' }, 'one key', lin(2)),
      ),
    );
    expect(same.filter((s) => s.row !== null)).toHaveLength(1);
    expect((await readTicket(open(), 1))?.events).toHaveLength(3);
  });

  it('bounds the quarantine and keeps what was seen last', async () => {
    const payload = new Uint8Array(3000).fill(7);
    await write(async (tx) => {
      for (let i = 0; i < maxPerGateway + 5; i += 1) {
        const bad = {
          gateway: 'g',
          code: 'CLOUD_CONFLICT',
          reason: 'r',
          topic: `t${i}`,
          payload,
        };
        await refuse(tx, bad, 1, i);
      }
      await refuse(tx, { gateway: 'g', code: 'X', reason: 'r', topic: 't', payload }, 2, 9999);
      await refuse(tx, { gateway: 'g', code: 'X', reason: 'r', topic: 't', payload }, 3, 9999);
      await trim(tx, 'g');
    });
    const rows = await listQuarantine(open(), { gateways: ['g'], limit: 2000, after: null });
    expect(rows).toHaveLength(maxPerGateway);
    expect(rows[0]).toMatchObject({ code: 'X', count: 5, bytes: 3000, client: '' });
    expect(Buffer.from(rows[0]?.sample ?? '', 'base64')).toHaveLength(1024);
    expect(rows.at(-1)?.topic).toBe('t6');
  });
}

function pageCases({ write, open }: Bench): void {
  it('pages once for each severity, not for history, and with the same key when it fails', async () => {
    const clock = manualClock(2 * hour);
    const sent: Page[] = [];
    let fails = 1;
    const page = async (told: Page) => {
      sent.push(told);
      fails -= 1;
      if (fails >= 0) throw new Error('no line');
    };
    const outbox = new OutboxWorker(open(), { page }, clock, silentLog);
    const now = 2 * hour;
    const tell = (...changes: EpisodeChange[]) =>
      write((tx) =>
        commitChanges(tx, changes, {
          estate: 'court',
          naming,
          overlay,
          timeOf,
          now,
          behind: false,
        }),
      );
    await tell(
      opened(episode(2, null)),
      opened(episode(2, null, { subject: 'court/old', history: true })),
      opened(episode(1, 1.5, { subject: 'court/over' })),
    );
    outbox.start();
    await outbox.idle();
    expect(sent.map((p) => p.key)).toEqual(['ticket-1-medium']);
    clock.advance(1000);
    await outbox.idle();
    clock.advance(1000);
    await outbox.idle();
    expect(sent.map((p) => p.key)).toEqual(['ticket-1-medium', 'ticket-1-medium']);
    expect(sent.at(-1)?.ticket).toMatchObject({ id: 1, ref: 'CT-1001', state: 'new' });
    await tell(opened(episode(2, null, { rule: 'worse', severity: 'high' })));
    outbox.wake();
    await outbox.idle();
    expect(sent.map((p) => p.key).slice(2)).toEqual(['ticket-1-high']);
    await outbox.stop();
  });
}

function oldNewsCases({ write, open }: Bench): void {
  it('holds a page about old news back, and drops it when it was over', async () => {
    const clock = manualClock(9 * hour);
    const sent: string[] = [];
    const page = async ({ key }: Page) => {
      sent.push(key);
    };
    const outbox = new OutboxWorker(open(), { page }, clock, silentLog);
    const context = { estate: 'court', naming, overlay, timeOf, now: 9 * hour, behind: false };
    const stale = episode(2, null);
    const still = episode(3, null, { subject: 'court/other' });
    await write((tx) => commitChanges(tx, [opened(stale), opened(still)], context));
    outbox.start();
    await outbox.idle();
    await write((tx) => commitChanges(tx, [amended(stale, episode(2, 4))], context));
    clock.advance(15_000);
    await outbox.idle();
    clock.advance(1000);
    await outbox.idle();
    expect(sent).toEqual(['ticket-2-medium']);
    // Late data shows that it was not over after all: the page that was dropped is due again.
    await write((tx) => commitChanges(tx, [amended(stale, stale)], context));
    clock.advance(15_000);
    await outbox.idle();
    clock.advance(1000);
    await outbox.idle();
    expect(sent).toEqual(['ticket-2-medium', 'ticket-1-medium']);
    await outbox.stop();
  });
}
