import type { Text } from '@caretaker/readings/base';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import type { Cover, Hiding, RuleOn } from '@caretaker/standards/overlay';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Severity } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { type CommitContext, commitChanges } from '../host/commit.ts';
import {
  inOrder,
  type ModelEpisode,
  type ModelTicket,
  type ModelWork,
  modelTickets,
} from './hiding-model.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const lamps = ['lamp-1', 'lamp-2'] as const;
const feeders = ['feeder-1', 'feeder-2'] as const;
const name: Text = { en: 'name', zh: '名' };
const reason: Text = { en: 'late', zh: '迟' };

/** What can be wrong, with what, and the item it is a fault of. */
const faults = [
  ...lamps.flatMap((of) => [
    { of, rule: 'dark', item: 'TP05-01' },
    { of, rule: 'dark', item: 'TP05-01' },
    { of, rule: 'flicker', item: 'TP05-01' },
    { of, rule: 'jam', item: 'TP05-02' },
  ]),
  ...feeders.map((of) => ({ of, rule: 'off', item: 'TP31-01' })),
  ...feeders.map((of) => ({ of, rule: 'off', item: 'TP31-01' })),
  { of: 'grid', rule: 'out', item: 'TP31-02' },
];

const halfMinutes = (most: number) => fc.integer({ min: 0, max: 2 * most }).map((n) => n / 2);
const breach = fc.record({
  fault: fc.constantFrom(...faults),
  /** Days apart: within the reopen window or after it, and so that some tickets are no repeats of others. */
  days: fc.constantFrom(0, 0, 0, 0, 0.15, 0.25, 20, 31),
  onset: fc.integer({ min: 0, max: 40 }),
  hold: halfMinutes(3),
  length: fc.option(halfMinutes(12), { freq: 4 }),
  severity: fc.constantFrom<Severity>('medium', 'medium', 'low', 'high', 'emergency', 'advice'),
  /** How it is learnt of; see `told`. */
  way: fc.constantFrom(
    'at once',
    'standing',
    'later onset',
    'beside a ghost',
    'as another',
    'twice',
  ),
});
const world = fc.record({
  breaches: fc.uniqueArray(breach, {
    selector: (b) => `${b.fault.of} ${b.fault.rule} ${b.days} ${b.onset}`,
    minLength: 1,
    maxLength: 9,
  }),
  /** Which feeders each lamp hangs on, and which feeders on the grid. */
  power: fc.tuple(fc.subarray([...feeders]), fc.subarray([...feeders])),
  grid: fc.subarray([...feeders]),
  /** Whether a lamp that flickers is taken to be dark for that reason. */
  flickers: fc.boolean(),
  works: fc.array(
    fc.record({
      on: fc.constantFrom(...lamps, ...feeders),
      from: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 1, max: 20 }),
      ends: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  batches: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 12, maxLength: 12 }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Something that is learnt: what the engine says, or what becomes of planned work. */
type News =
  | {
      readonly type: 'engine';
      readonly of: World['breaches'][number];
      readonly change: EpisodeChange;
    }
  | { readonly type: 'work'; readonly number: number; readonly over: boolean };

const jam = { of: 'lamp-1', rule: 'jam', item: 'TP05-02' };
const atOnce = { onset: 0, hold: 0, way: 'at once' } as const;
/** A latching breach, over and hidden by planned work for a month, belongs to what is found then. */
const longHidden: World = {
  breaches: [
    { ...atOnce, fault: jam, days: 0, length: 0, severity: 'medium' },
    { ...atOnce, fault: jam, days: 31, length: null, severity: 'emergency' },
  ],
  power: [[], []],
  grid: [],
  flickers: false,
  works: [{ on: 'lamp-1', from: 0, length: 1, ends: false }],
  order: [0, 1, 0],
  batches: [2, 2, 1],
};

/** What hides a rule on a subject in this world. */
function hidersIn({ power, grid, flickers }: World, { subject, rule }: RuleOn): RuleOn[] {
  const [estate, of] = subject.split('/') as [string, string];
  const on = (names: readonly string[], by: string) =>
    names.map((one) => ({ subject: `${estate}/${one}`, rule: by }));
  if (rule === 'off') return grid.some((one) => one === of) ? on(['grid'], 'out') : [];
  if (rule !== 'dark') return [];
  const own = power[lamps.indexOf(of as (typeof lamps)[number])] ?? [];
  return [...on(own, 'off'), ...(flickers ? [{ subject, rule: 'flicker' }] : [])];
}

function hidingIn(given: World, estate: string): Hiding {
  const all = faults.map(({ of, rule }) => ({ subject: `${estate}/${of}`, rule }));
  const unique = all.filter(
    (a, k) => all.findIndex((b) => b.subject === a.subject && b.rule === a.rule) === k,
  );
  const same = (a: RuleOn, b: RuleOn) => a.subject === b.subject && a.rule === b.rule;
  return {
    hidersOf: (on) => hidersIn(given, on),
    hiddenBy: (on) => unique.filter((other) => hidersIn(given, other).some((h) => same(h, on))),
  };
}

function episodeOf(estate: string, b: World['breaches'][number]): Episode {
  const onset = b.days * day + b.onset * minute;
  const detected = onset + b.hold * minute;
  const latched = b.fault.rule === 'jam';
  return {
    subject: `${estate}/${b.fault.of}`,
    rule: b.fault.rule,
    item: b.fault.item,
    onset,
    detected,
    end: b.length === null ? null : detected + b.length * minute,
    worst: 1,
    worstAt: onset,
    severity: b.severity,
    effect: 'none',
    standardVersion: 'v1',
    why: name,
    latched,
    history: false,
  };
}

/** What the engine says of one breach, in its order; the last of it is how the breach stands in the end. */
function told(e: Episode, way: World['breaches'][number]['way']): EpisodeChange[] {
  const key = ({ subject, rule, onset }: Episode) => ({ subject, rule, onset });
  const opened = (episode: Episode): EpisodeChange => ({ type: 'opened', episode });
  const amended = (was: Episode): EpisodeChange => ({ type: 'amended', was: key(was), episode: e });
  const open = { ...e, end: null };
  const later = { ...e, onset: e.onset - 15_000 };
  const ghost = { ...e, onset: e.onset - 30_000, end: null };
  switch (way) {
    case 'standing':
      return [opened(open), amended(open)];
    case 'later onset':
      return [opened(later), amended(later)];
    case 'beside a ghost':
      return [opened(ghost), opened(e), { type: 'withdrawn', was: key(ghost), reason }];
    case 'as another':
      return [
        opened({ ...open, severity: e.severity === 'advice' ? 'high' : 'advice' }),
        amended(e),
      ];
    case 'twice':
      return [opened(e), amended(e)];
    default:
      return [opened(e)];
  }
}

/** Everything that is learnt, mixed; what belongs to one breach or work stays in its own order. */
function newsOf(given: World, estate: string): News[] {
  const engine = given.breaches.map((b): News[] =>
    told(episodeOf(estate, b), b.way).map((change) => ({ type: 'engine', of: b, change })),
  );
  const works = given.works.map(({ ends }, number): News[] => [
    { type: 'work', number, over: false },
    ...(ends ? [{ type: 'work' as const, number, over: true }] : []),
  ]);
  const queues = [...engine, ...works];
  const news: News[] = [];
  for (let k = 0; queues.some((queue) => queue.length > 0); k += 1) {
    const left = queues.filter((queue) => queue.length > 0);
    const next = left[(given.order[k % given.order.length] ?? 0) % left.length]?.shift();
    if (next !== undefined) news.push(next);
  }
  return news;
}

/** The same in transactions. The engine says but one thing of a breach in each. */
function batchesOf(given: World, estate: string): News[][] {
  const batches: News[][] = [];
  for (const one of newsOf(given, estate)) {
    const last = batches.at(-1);
    const size = given.batches[batches.length % given.batches.length] ?? 1;
    const again = last?.some(
      (n) => n.type === 'engine' && one.type === 'engine' && n.of === one.of,
    );
    if (last === undefined || again || last.length >= size) batches.push([one]);
    else last.push(one);
  }
  return batches;
}

/** One world in the database, and the model of it. */
class Play {
  private readonly given: World;
  private readonly estate: string;
  private readonly open: () => Database;
  private readonly context: CommitContext;
  private readonly standing = new Map<string, Episode>();
  private readonly works = new Map<number, ModelWork>();

  constructor(given: World, estate: string, open: () => Database) {
    this.given = given;
    this.estate = estate;
    this.open = open;
    const plannedCovers = (subject: string): Cover<Text>[] =>
      [...this.works.values()]
        .filter((work) => work.subject === subject)
        .map(({ from, to }) => ({ from, to, by: name }));
    this.context = {
      estate,
      naming: { subject: () => ({ name, demo: false }), item: () => name, fault: () => name },
      overlay: { hiding: hidingIn(given, estate), plannedCovers },
      timeOf: new Directory([]).timeOf,
      now: 90 * day,
      behind: false,
    };
  }

  /** Learns of several things in one transaction. */
  async learn(news: readonly News[]): Promise<void> {
    const changes = news.flatMap((one) => (one.type === 'engine' ? [one.change] : []));
    const subjects = news.flatMap((one) => (one.type === 'work' ? [this.plan(one)] : []));
    for (const change of changes) this.hear(change);
    await this.open().write((tx) => commitChanges(tx, changes, { ...this.context, subjects }));
  }

  expected(): ModelTicket[] {
    const facts = [...this.standing.values()] as ModelEpisode[];
    return modelTickets(facts, [...this.works.values()], (hider, hidden) =>
      hidersIn(this.given, hidden).some(
        ({ subject, rule }) => hider.subject === subject && hider.rule === rule,
      ),
    );
  }

  async stored(): Promise<ModelTicket[]> {
    const { read } = this.open();
    const rows = await read
      .selectFrom('tickets')
      .selectAll()
      .where('estate', '=', this.estate)
      .where('state', '!=', 'withdrawn')
      .execute();
    const episodes = await read
      .selectFrom('episodes')
      .select(['rule', 'onset', 'ticket'])
      .where('estate', '=', this.estate)
      .where('state', '=', 'standing')
      .where('severity', '!=', 'advice')
      .execute();
    return rows
      .map(({ id, subject, item, state, severity, onset, until, repeat }) => ({
        ...{ subject, item, onset, until, repeat },
        state: state as ModelTicket['state'],
        severity: severity as Severity,
        episodes: episodes
          .filter((e) => e.ticket === id)
          .map((e) => `${e.rule} ${e.onset}`)
          .sort(),
      }))
      .sort(inOrder);
  }

  private plan({ number, over }: Extract<News, { type: 'work' }>) {
    const { on, from, length } = this.given.works[number] as World['works'][number];
    const subject = `${this.estate}/${on}`;
    const to = over ? (from + length) * minute : Number.POSITIVE_INFINITY;
    this.works.set(number, { subject, from: from * minute, to });
    return { subject, since: from * minute };
  }

  private hear(change: EpisodeChange): void {
    const key = (e: { subject: string; rule: string; onset: number }) =>
      `${e.subject} ${e.rule} ${e.onset}`;
    if (change.type !== 'opened') this.standing.delete(key(change.was));
    if (change.type !== 'withdrawn') this.standing.set(key(change.episode), change.episode);
  }
}

/**
 * Random lamps, feeders and works, learnt of by detours and in any order: after every transaction the tickets are
 * those of the model.
 * @param runs how many worlds
 */
export function hidingWorldCase(open: () => Database, runs: number): void {
  it('has the tickets of a naive model after every change', {
    timeout: 300_000 + runs * 1_000,
  }, async () => {
    let round = 0;
    const check = async (given: World) => {
      round += 1;
      const play = new Play(given, `w${round}`, open);
      for (const batch of batchesOf(given, `w${round}`)) {
        await play.learn(batch);
        expect(await play.stored()).toEqual(play.expected());
      }
    };
    await fc.assert(fc.asyncProperty(world, check), { numRuns: runs, examples: [[longHidden]] });
  });
}
