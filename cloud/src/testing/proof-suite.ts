import type { Estate } from '@caretaker/devices/model';
import type { Standard } from '@caretaker/standards';
import type { Condition, Episode, EpisodeChange } from '@caretaker/standards/engine';
import { expect, it } from 'vitest';
import type { Database, Tx } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { type CommitContext, type Committed, commitChanges } from '../host/commit.ts';
import { append } from '../tickets/append.ts';
import { readTicket } from '../tickets/list.ts';
import type { ProofSources } from '../tickets/proof/load.ts';
import { ProofWatch } from '../tickets/proof/watch.ts';
import { fold, type TicketPatch } from '../tickets/rows.ts';

const minute = 60_000;
const { timeOf } = new Directory([]);
const start = Date.UTC(2026, 10, 29, 18);
const at = (minutes: number) => start + minutes * minute;
const subject = 'court/gate';
const point = `${subject}/door`;
const why = { en: 'Door open for 5 min.', zh: '门开 5 分钟。' };
const naming = {
  subject: () => ({ name: why, demo: false }),
  item: () => why,
  fault: () => why,
};
const overlay = { hiding: { hidersOf: () => [], hiddenBy: () => [] }, plannedCovers: () => [] };

const door = { id: point, metric: 'door', cadence: null, silentAfter: null, history: 'store' };
const gate = {
  ...{ id: 'gate', estate: 'court', kind: 'access-gate', touchpoint: 'TP01', gateway: 'court-1' },
  ...{ attributes: {}, points: [{ ...door, limits: {} }] },
};
const court = {
  ...{ id: 'court', zone: 'Asia/Shanghai', gateway: 'court-1', assets: [gate] },
} as unknown as Estate;

function episode(onset: number, end: number | null, more: Partial<Episode> = {}): Episode {
  return {
    ...{ subject, rule: 'held', item: 'TP01-05a', onset: at(onset), detected: at(onset) },
    ...{ end: end === null ? null : at(end), worst: 1, worstAt: at(onset), severity: 'medium' },
    ...{ effect: 'none', standardVersion: 'v1', why, latched: false, history: false, ...more },
  } as Episode;
}

/** A gate whose door the test opens and shuts; what the gateway has told, it says too. */
class Court {
  readonly #open: () => Database;
  #told = start;
  #condition: Condition | null = null;
  #watch: ProofWatch;
  #now = start;

  constructor(open: () => Database) {
    this.#open = open;
    this.#watch = this.#newWatch();
  }

  #newWatch(): ProofWatch {
    const sources = {
      directory: new Directory([court]),
      registry: { completeTo: () => this.#told, isSilent: () => false },
      inForce: {
        standard: { items: [] } as unknown as Standard,
        asset: (asset) => asset,
        related: () => () => undefined,
      },
      store: { range: async () => [] },
      conditions: () => (this.#condition === null ? [] : [this.#condition]),
      newest: () => ({ at: this.#told }) as ReturnType<ProofSources['newest']>,
      now: () => this.#now,
    } satisfies ProofSources;
    const between = async (work: (tx: Tx, context: CommitContext) => Promise<Committed>) => {
      await this.#open().write((tx) => work(tx, this.#context));
    };
    const hosts = new Map([['court', { ready: true, between }]]);
    return new ProofWatch({ database: this.#open(), sources, hosts });
  }

  get #context(): CommitContext {
    const base = { estate: 'court', naming, overlay, timeOf, behind: false };
    return { ...base, zone: 'Asia/Shanghai', now: this.#now };
  }

  /** The cloud's clock and what the gateway has told are the same here. */
  async reach(minutes: number, phase: Condition['phase'], since: number): Promise<void> {
    this.#now = at(minutes);
    this.#told = at(minutes);
    const verdict = phase === 'ok' ? 'ok' : phase === 'unknown' ? 'unknown' : 'breach';
    this.#condition = {
      ...{ subject, rule: 'held', item: 'TP01-05a', verdict, phase, since: at(since) },
      ...{ until: null, value: 1, severity: 'medium', effect: 'none', points: [point] },
    } as Condition;
  }

  apply(...changes: EpisodeChange[]): Promise<Committed> {
    return this.#open().write((tx) => commitChanges(tx, changes, this.#context));
  }

  /** Looks twice, as after a restart in between. */
  async look(): Promise<void> {
    await this.#watch.look();
    this.#watch = this.#newWatch();
    await this.#watch.look();
  }

  async person(id: number, patch: TicketPatch): Promise<void> {
    const { row } = await this.ticket(id);
    const entry = { type: 'note', by: 'Lin', note: null, reason: null, episode: null } as const;
    const all = { ...patch, touched: 1 };
    await this.#open().write((tx) =>
      append(tx, row, [{ ...entry, patch: all }], this.#now, timeOf),
    );
  }

  fix(id: number): Promise<void> {
    return this.person(id, {
      state: 'fixed',
      fixed: this.#now,
      fixed_by: 'Lin',
      fixed_person: 'lin',
    });
  }

  async ticket(id: number) {
    const found = await readTicket(this.#open(), id);
    if (found === undefined) throw new Error(`no ticket ${id}`);
    return found;
  }

  async said(id: number): Promise<string[]> {
    const { row, events } = await this.ticket(id);
    // The row is what its log amounts to.
    expect(row).toMatchObject(fold(events));
    return events.filter(({ by }) => by === 'engine').map(({ type }) => type);
  }

  async pages(): Promise<string[]> {
    const { read } = this.#open();
    const rows = await read.selectFrom('outbox').select('key').orderBy('id').execute();
    return rows.map(({ key }) => key);
  }
}

const opened = (e: Episode): EpisodeChange => ({ type: 'opened', episode: e });
const amended = (was: Episode, e: Episode): EpisodeChange => ({
  type: 'amended',
  was: { subject: was.subject, rule: was.rule, onset: was.onset },
  episode: e,
});

/** What the proof by the sensors must do on either database. */
export function proofCases(open: () => Database): void {
  provingCases(open);
  returningCases(open);
}

function provingCases(open: () => Database): void {
  it('denies a fix that did not help, pages once, and verifies the one that did', async () => {
    const court = new Court(open);
    const first = episode(0, null);
    await court.apply(opened(first));
    await court.reach(10, 'breach', 0);
    await court.fix(1);
    await court.reach(24, 'breach', 0);
    await court.look();
    expect((await court.ticket(1)).row.state).toBe('fixed');
    await court.reach(25, 'breach', 0);
    await court.look();
    const { row, events } = await court.ticket(1);
    expect(row).toMatchObject({ state: 'reopened', fixed: null, fixed_by: null, denials: 1 });
    expect(JSON.parse(events.at(-1)?.reason ?? '')).toEqual({
      en: 'Still so at 02:25: Door open for 5 min.',
      zh: '02:25 仍未恢复：门开 5 分钟。',
    });
    await court.reach(30, 'ok', 29);
    await court.apply(amended(first, episode(0, 29)));
    await court.fix(1);
    await court.look();
    await court.reach(34, 'ok', 29);
    await court.look();
    expect((await court.ticket(1)).row).toMatchObject({ state: 'verified', verified: at(34) });
    expect(await court.said(1)).toEqual(['opened', 'denied', 'episode-ended', 'verified']);
    expect(await court.pages()).toEqual(['ticket-1-medium', 'ticket-1-denied-1']);
    // A breach after the claim unmakes the proof, in whatever time it is learnt of.
    await court.apply(opened(episode(31, 32)));
    expect((await court.ticket(1)).row).toMatchObject({ state: 'reopened', verified: null });
    expect((await court.pages()).at(-1)).toBe('ticket-1-denied-2');
  });

  it('asks once for a tap where the fault went by itself, and takes that back with the next', async () => {
    const court = new Court(open);
    const first = episode(0, null);
    await court.apply(opened(first));
    await court.person(1, { state: 'acknowledged' });
    await court.apply(amended(first, episode(0, 3)));
    await court.reach(9, 'ok', 3);
    await court.look();
    expect((await court.ticket(1)).row).toMatchObject({
      state: 'acknowledged',
      asks: 'self-clear',
    });
    await court.apply(opened(episode(12, null, { severity: 'high' })));
    expect((await court.ticket(1)).row).toMatchObject({ asks: null, condition_clear: 0 });
    const said = ['opened', 'episode-ended', 'asked', 'episode-joined', 'severity-raised'];
    expect(await court.said(1)).toEqual(said);
    expect(await court.pages()).toEqual(['ticket-1-medium', 'ticket-1-high']);
  });

  it('proves nothing while the sensor is silent', async () => {
    const court = new Court(open);
    await court.apply(opened(episode(0, 5)));
    await court.person(1, { state: 'working', closed: null });
    await court.fix(1);
    await court.reach(90, 'unknown', 40);
    await court.look();
    expect((await court.ticket(1)).row.state).toBe('fixed');
  });
}

function returningCases(open: () => Database): void {
  it('opens a closed ticket again within the window, and links and assigns a later one', async () => {
    const court = new Court(open);
    await court.apply(opened(episode(0, 5)));
    await court.reach(6, 'ok', 5);
    const closed = { state: 'closed', closed: at(6), fixed: at(6) } as const;
    await court.person(1, { ...closed, fixed_by: 'Lin', fixed_person: 'lin' });
    const soon = episode(5 + 240, null);
    await court.reach(246, 'breach', 245);
    await court.apply(opened(soon));
    expect((await court.ticket(1)).row).toMatchObject({
      state: 'reopened',
      closed: null,
      fixed: null,
    });
    expect(await court.pages()).toEqual([`ticket-1-reopened-${at(245)}`]);
    await court.apply(amended(soon, episode(245, 250)));
    await court.reach(260, 'ok', 250);
    await court.person(1, { ...closed, closed: at(260), fixed_by: 'Lin', fixed_person: 'lin' });
    await court.apply(opened(episode(250 + 241, null)));
    expect((await court.ticket(2)).row).toMatchObject({
      ...{ state: 'new', repeat: 2, previous: 1, assigned: 'Lin', assigned_person: 'lin' },
    });
    // One that is learnt of late stands between them.
    await court.apply(opened(episode(-600, -590)));
    expect((await court.ticket(1)).row).toMatchObject({ previous: 3, repeat: 2 });
    expect((await court.ticket(2)).row).toMatchObject({ previous: 1, repeat: 3 });
    expect((await court.ticket(3)).row).toMatchObject({ previous: null, repeat: 1 });
  });

  it('tells of a fault that came back to a ticket nobody has touched', async () => {
    const court = new Court(open);
    const first = episode(0, null);
    await court.apply(opened(first));
    await court.apply(amended(first, episode(0, 5)));
    expect((await court.ticket(1)).row.state).toBe('self-cleared');
    await court.apply(opened(episode(60, null)));
    expect((await court.ticket(1)).row).toMatchObject({ state: 'new', closed: null, repeat: 1 });
    expect(await court.pages()).toEqual(['ticket-1-medium', `ticket-1-medium-${at(60)}`]);
  });
}
