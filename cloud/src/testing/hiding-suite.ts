import type { Text } from '@caretaker/readings/base';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import type { Cover, Hiding } from '@caretaker/standards/overlay';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AuditChain, auditInto } from '../audit/chain.ts';
import type { Database } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { type CommitContext, commitChanges } from '../host/commit.ts';
import { cancelPlan, insertPlan, listPlans } from '../overlay/plans.ts';
import { command } from '../tickets/commands.ts';
import { hidesOf } from '../tickets/hides.ts';
import { readTicket } from '../tickets/list.ts';
import { everyTicket } from './tickets.ts';
import { unwatched } from './world.ts';

const minute = 60_000;
const feederOf = (lamp: string) => lamp.replace('lamp', 'feeder');
/** A lamp that is dark is hidden by its feeder being off. */
const hiding: Hiding = {
  hidersOf: ({ subject, rule }) =>
    rule === 'dark' ? [{ subject: feederOf(subject), rule: 'off' }] : [],
  hiddenBy: ({ subject, rule }) =>
    rule === 'off' ? [{ subject: subject.replace('feeder', 'lamp'), rule: 'dark' }] : [],
};
const naming: CommitContext['naming'] = {
  subject: (subject) => ({ name: { en: subject, zh: subject }, demo: false }),
  item: (item) => ({ en: item, zh: item }),
  fault: (rule) => ({ en: rule, zh: rule }),
};

function episode(
  subject: string,
  rule: string,
  onset: number,
  end: number | null,
  more: Partial<Episode> = {},
): Episode {
  return {
    subject,
    rule,
    item: rule === 'off' ? 'TP31-01' : 'TP05-01',
    onset: onset * minute,
    detected: onset * minute,
    end: end === null ? null : end * minute,
    worst: 1,
    worstAt: onset * minute,
    severity: 'medium',
    effect: 'none',
    standardVersion: 'v1',
    why: { en: 'why', zh: 'why' },
    latched: false,
    history: false,
    ...more,
  };
}

const opened = (e: Episode): EpisodeChange => ({ type: 'opened', episode: e });
const amended = (was: Episode, e: Episode): EpisodeChange => ({
  type: 'amended',
  was: { subject: was.subject, rule: was.rule, onset: was.onset },
  episode: e,
});

const readTicketEpisodes = (database: Database, subject: string) =>
  database.read.selectFrom('episodes').selectAll().where('subject', '=', subject).execute();

const { timeOf } = new Directory([]);

function benchOf(open: () => Database) {
  const covers = new Map<string, Cover<Text>[]>();
  const overlay = { hiding, plannedCovers: (subject: string) => covers.get(subject) ?? [] };
  const base = { estate: 'court', naming, overlay, timeOf, now: 900 * minute, behind: false };
  return {
    covers,
    apply: (...changes: EpisodeChange[]) => open().write((tx) => commitChanges(tx, changes, base)),
    look: (subject: string, since: number) =>
      open().write((tx) => commitChanges(tx, [], { ...base, subjects: [{ subject, since }] })),
    async tickets(subject: string) {
      const rows = await everyTicket(open(), { subject });
      return rows.map(({ id, state, onset, repeat }) => ({
        id,
        state,
        onset: onset / minute,
        repeat,
      }));
    },
    open,
  };
}
type Bench = ReturnType<typeof benchOf>;

/** What hiding and planned work must do on either database. */
export function hidingCases(open: () => Database): void {
  const bench = benchOf(open);
  hidingBasics(bench);
  hidingLimits(bench);
  orderCase(bench);
  plannedCases(bench);
}

function hidingBasics({ apply, tickets, open }: Bench): void {
  it('opens one ticket for a feeder, and for its lamp only when it is still dark afterwards', async () => {
    const [feeder, lamp] = [
      episode('court/feeder-1', 'off', 0, null),
      episode('court/lamp-1', 'dark', 1, null),
    ];
    await apply(opened(feeder), opened(lamp));
    expect(await tickets('court/feeder-1')).toMatchObject([{ state: 'new' }]);
    expect(await tickets('court/lamp-1')).toEqual([]);
    const feederTicket = await readTicketEpisodes(open(), 'court/feeder-1');
    const parts = { hiding, faultOf: naming.fault, directory: new Directory([]) };
    expect(await hidesOf({ ...parts, database: open() }, feederTicket)).toMatchObject([
      { subject: 'court/lamp-1', item: 'TP05-01', rule: 'dark', title: { en: 'dark' } },
    ]);
    const { tickets: changed } = await apply(amended(feeder, { ...feeder, end: 9 * minute }));
    expect(changed.map((row) => row.subject).sort()).toEqual(['court/feeder-1', 'court/lamp-1']);
    expect(await tickets('court/lamp-1')).toMatchObject([{ state: 'new', onset: 1, repeat: 1 }]);
    expect(await hidesOf({ ...parts, database: open() }, feederTicket)).toEqual([]);
    await apply(amended(feeder, { ...feeder, end: 12 * minute }));
    expect(await tickets('court/lamp-1')).toMatchObject([{ state: 'new' }]);
    const pages = await open().read.selectFrom('outbox').select('key').orderBy('id').execute();
    expect(pages.map(({ key }) => key)).toEqual(['ticket-1-medium', 'ticket-2-medium']);
  });

  it('withdraws the untouched ticket of what turns out to be hidden, and says by what', async () => {
    const lamp = episode('court/lamp-2', 'dark', 1, 5);
    await apply(opened(lamp));
    const [before] = await tickets('court/lamp-2');
    expect(before).toMatchObject({ state: 'self-cleared' });
    await apply(opened(episode('court/feeder-2', 'off', 0, 6)));
    expect(await tickets('court/lamp-2')).toMatchObject([{ state: 'withdrawn' }]);
    const found = await readTicket(open(), before?.id ?? 0);
    expect(JSON.parse(found?.events.at(-1)?.reason ?? '')).toEqual({
      en: 'Hidden by court/feeder-2: off.',
      zh: '因court/feeder-2「off」而不单独开单。',
    });
    const held = await open()
      .read.selectFrom('episodes')
      .select(['state', 'ticket'])
      .where('subject', '=', 'court/lamp-2')
      .execute();
    expect(held).toEqual([{ state: 'standing', ticket: null }]);
  });
}

function hidingLimits({ apply, tickets, open }: Bench): void {
  it('lists what a ticket hides whatever people have made of it', async () => {
    const feeder = episode('court/feeder-8', 'off', 0, null);
    await apply(opened(feeder), opened(episode('court/lamp-8', 'dark', 1, null)));
    const own = await readTicketEpisodes(open(), 'court/feeder-8');
    const parts = { hiding, faultOf: naming.fault, directory: new Directory([]), database: open() };
    for (const state of ['triaged', 'waiting', 'fixed', 'follow-up'] as const) {
      const held = { state, touched: 1 };
      await open().write((tx) =>
        tx.updateTable('tickets').set(held).where('subject', '=', 'court/feeder-8').execute(),
      );
      await apply(amended(feeder, { ...feeder, severity: 'high' }), amended(feeder, feeder));
      expect(await hidesOf(parts, own), state).toMatchObject([{ subject: 'court/lamp-8' }]);
      expect(await tickets('court/lamp-8'), state).toEqual([]);
    }
  });

  it('hides nothing by an advice, of which nobody is told', async () => {
    await apply(
      opened(episode('court/feeder-6', 'off', 0, null, { severity: 'advice' })),
      opened(episode('court/lamp-6', 'dark', 1, null)),
    );
    expect(await tickets('court/lamp-6')).toMatchObject([{ state: 'new' }]);
    const worse = episode('court/feeder-6', 'off', 0, null);
    await apply(amended(worse, worse));
    expect(await tickets('court/lamp-6')).toMatchObject([{ state: 'withdrawn' }]);
  });

  it('leaves the ticket that somebody has acted on, and never hides an emergency', async () => {
    const lamp = episode('court/lamp-3', 'dark', 1, null);
    await apply(opened(lamp));
    const [ticket] = await tickets('court/lamp-3');
    const wish = { type: 'acknowledge', revision: 1 } as const;
    const desk = { database: open(), audit: auditInto(new AuditChain()), world: unwatched };
    await command(desk, ticket?.id ?? 0, wish, 'hiding', {
      actor: 'person:lin',
      name: 'Lin',
      at: 1,
      directs: false,
    });
    await apply(opened(episode('court/feeder-3', 'off', 0, null)));
    expect(await tickets('court/lamp-3')).toMatchObject([{ state: 'acknowledged' }]);
    await apply(
      opened(episode('court/feeder-4', 'off', 0, null)),
      opened(episode('court/lamp-4', 'dark', 1, null)),
    );
    expect(await tickets('court/lamp-4')).toEqual([]);
    const worse = episode('court/lamp-4', 'dark', 1, null, { severity: 'emergency' });
    await apply(amended(worse, worse));
    expect(await tickets('court/lamp-4')).toMatchObject([{ state: 'new' }]);
  });
}

/** Breaches of a lamp and its feeder: which, from when, for how long. */
const breaches = fc.uniqueArray(
  fc.record({
    rule: fc.constantFrom('dark', 'off'),
    onset: fc.integer({ min: 0, max: 20 }),
    length: fc.option(fc.integer({ min: 1, max: 8 })),
    turn: fc.nat(),
  }),
  { selector: (b) => `${b.rule} ${b.onset}`, minLength: 1, maxLength: 6 },
);

function orderCase({ apply, tickets }: Bench): void {
  it('has the same tickets in whatever order feeder and lamp are learnt of', async () => {
    let round = 0;
    const check = async (
      list: { rule: string; onset: number; length: number | null; turn: number }[],
    ) => {
      round += 1;
      const told = async (name: string, order: typeof list) => {
        for (const { rule, onset, length, turn } of order) {
          const subject = `court/${rule === 'off' ? 'feeder' : 'lamp'}-${name}${round}`;
          const one = episode(subject, rule, onset, length === null ? null : onset + length);
          const open = { ...one, end: null };
          if (turn % 2 === 0) await apply(opened(one));
          else {
            await apply(opened(open));
            await apply(amended(open, one));
          }
        }
        const standing = await tickets(`court/lamp-${name}${round}`);
        return standing
          .filter(({ state }) => state !== 'withdrawn')
          .map(({ id: _, ...ticket }) => ticket)
          .sort((a, b) => a.onset - b.onset);
      };
      const forward = await told(
        'a',
        list.toSorted((a, b) => a.onset - b.onset),
      );
      expect(
        await told(
          'b',
          list.toSorted((a, b) => a.turn - b.turn),
        ),
      ).toEqual(forward);
    };
    // A ticket whose onset lies before the change that freed its first episode.
    const freed = [
      { rule: 'off', onset: 8, length: 5, turn: 0 },
      { rule: 'dark', onset: 15, length: null, turn: 0 },
      { rule: 'dark', onset: 0, length: 1, turn: 0 },
      { rule: 'dark', onset: 14, length: 1, turn: 0 },
    ];
    await fc.assert(fc.asyncProperty(breaches, check), { numRuns: 12, examples: [[freed]] });
  });
}

function plannedCases({ apply, look, covers, tickets, open }: Bench): void {
  it('opens nothing during planned work, and afterwards once what still stands', async () => {
    const by = { en: 'Planned work: relamping', zh: '计划作业：relamping' };
    covers.set('court/lamp-5', [{ from: 0, to: Number.POSITIVE_INFINITY, by }]);
    await apply(
      opened(episode('court/lamp-5', 'dark', 1, null)),
      opened(episode('court/lamp-5', 'flicker', 2, 3, { item: 'TP05-02' })),
      opened(episode('court/lamp-5', 'latch', 2, 3, { item: 'TP05-03', latched: true })),
      opened(episode('court/lamp-5', 'fire', 2, null, { item: 'TP05-04', severity: 'emergency' })),
    );
    expect(await tickets('court/lamp-5')).toHaveLength(1);
    covers.set('court/lamp-5', [{ from: 0, to: 10 * minute, by }]);
    await look('court/lamp-5', 0);
    await look('court/lamp-5', 0);
    const after = await tickets('court/lamp-5');
    expect(after.map(({ state, onset }) => [state, onset]).sort()).toEqual([
      ['new', 1],
      ['new', 2],
      ['new', 2],
    ]);
  });

  it('keeps planned work and who called it off', async () => {
    const wish = {
      estate: 'court',
      scope: { type: 'place', place: 'Yard' },
      from: 100,
      to: 200,
      reason: 'relamping',
    } as const;
    const { id } = await open().write((tx) => insertPlan(tx, wish, 'Lin', 90));
    expect(await open().write((tx) => cancelPlan(tx, id, 'Mei', 150))).toMatchObject({
      ...wish,
      cancelled: 150,
      cancelledBy: 'Mei',
    });
    expect(await open().write((tx) => cancelPlan(tx, id, 'Mei', 160))).toBeUndefined();
    expect(await listPlans(open(), { estates: ['court'], limit: 9, after: null })).toHaveLength(1);
    expect(await listPlans(open(), { estates: null, limit: 9, after: [100, id] })).toEqual([]);
  });
}
