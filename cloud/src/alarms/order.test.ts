import type { Reading } from '@caretaker/readings';
import { patient } from '@caretaker/readings/testing';
import { type Alarm, alarmKey } from '@caretaker/readings/uplink';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Episode } from '../contract/index.ts';
import { openReadOnly } from '../db/read-only.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const minute = 60_000;
const length = 300;
const t0 = Math.floor(Date.now() / minute) * minute - (length + 120) * minute;
/** A bin that burns now and then, and somebody in a lift. */
const readings = fc
  .uniqueArray(fc.record({ at: fc.nat(length), hot: fc.boolean(), lift: fc.boolean() }), {
    selector: ({ at }) => at,
    minLength: 4,
    maxLength: 24,
  })
  .map((all) => all.toSorted((a, b) => a.at - b.at))
  .map((all) =>
    all.map(({ at, hot, lift }) =>
      lift
        ? reading('lift-1/trapped', t0 + at * minute, hot)
        : reading('bin-2/temp_c', t0 + at * minute, hot ? 70 : 20),
    ),
  );

const scenario = fc.record({
  readings,
  /** Length of each frame, in turn. */
  frames: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
  /** Before which frame each alarm comes, and comes again, as a share of all; and how it differs from the truth. */
  alarms: fc.array(
    fc.record({
      of: fc.nat(20),
      at: fc.nat(100),
      again: fc.option(fc.nat(100), { nil: null }),
      shift: fc.constantFrom(0, 0, 0, 1),
      ended: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  untrue: fc.array(fc.record({ minute: fc.nat(length), lift: fc.boolean(), at: fc.nat(100) }), {
    maxLength: 2,
  }),
  restarts: fc.array(fc.nat(100), { maxLength: 2 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Step {
  readonly place: number;
  readonly alarm: Alarm | null;
}

/** A cloud that a test stops and starts, with its gateway. */
class Player {
  readonly #folder: string;
  #run: RunningCloud | null = null;
  #gateway: GatewayPlayer | null = null;
  next = 1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get run(): RunningCloud {
    if (this.#run === null) throw new Error('not started');
    return this.#run;
  }

  get gateway(): GatewayPlayer {
    if (this.#gateway === null) throw new Error('not started');
    return this.#gateway;
  }

  async start(): Promise<void> {
    this.#run = await runCloud(configFor(this.#folder));
    this.#gateway = await GatewayPlayer.connect(this.#run);
    await this.#gateway.hello(this.next - 1);
  }

  async stop(): Promise<void> {
    await this.#gateway?.leave();
    await this.#run?.cloud.stop();
  }

  async take(frame: readonly Reading[], behind: boolean): Promise<void> {
    await this.gateway.send(this.next, frame, behind);
    this.next += frame.length;
    await this.gateway.untilAccepted(this.next - 1);
  }

  async raise(alarm: Alarm): Promise<void> {
    const key = alarmKey(alarm);
    const seen = this.gateway.replies.length;
    await this.gateway.status({ type: 'alarm', at: alarm.raised, alarm });
    const named = () =>
      this.gateway.replies.slice(seen).some((one) => one.type === 'alarm' && one.key === key);
    const failed = () => this.run.log.filter((line) => line.includes('could not'));
    await vi.waitUntil(() => named() || failed().length > 0, patient);
    expect(failed()).toEqual([]);
  }

  /** Everything is said, judged and settled. */
  async finish(): Promise<void> {
    await this.gateway.complete(this.next, t0 + (length + 60) * minute);
    await vi.waitUntil(
      async () => (await this.run.list('/api/episodes?state=reported')).length === 0,
      patient,
    );
  }

  /** Alarms that opened a ticket of which somebody was told, and lie on another one in the end that was told, too. */
  async toldTwice(): Promise<readonly { opened: number; now: number | null }[]> {
    const store = await openReadOnly(configFor(this.#folder).database);
    try {
      const pages = await store.read.selectFrom('outbox').select('payload').execute();
      const told = pages.map(({ payload }) => JSON.parse(payload).ticket as number);
      const opened = await store.read
        .selectFrom('ticket_events')
        .innerJoin('alarms', 'alarms.episode', 'ticket_events.episode')
        .innerJoin('episodes', 'episodes.id', 'alarms.episode')
        .select(['ticket_events.ticket as opened', 'episodes.ticket as now'])
        .where('type', '=', 'opened')
        .where('ticket_events.ticket', 'in', told.length === 0 ? [0] : told)
        .where('episodes.state', '=', 'standing')
        .execute();
      return opened.filter((one) => one.now !== one.opened && told.includes(one.now ?? 0));
    } finally {
      await store.close();
    }
  }
}

function framesOf({ readings: all, frames }: Scenario): Reading[][] {
  const cut: Reading[][] = [];
  for (let from = 0, k = 0; from < all.length; k += 1) {
    const size = frames[k % frames.length] ?? 1;
    cut.push(all.slice(from, from + size));
    from += size;
  }
  return cut;
}

function alarmOf(subject: string, rule: string, onset: number, more: Partial<Alarm> = {}): Alarm {
  const why = { en: 'As the gateway sees it.', zh: '网关所见。' };
  const found = { onset, detected: onset, end: null, worst: null, worstAt: null };
  const severity = 'emergency' as const;
  const item = rule === 'lift-trapped' ? 'TP27-S1' : 'TP23-S1';
  return {
    ...{ subject, rule, item, severity, standardVersion: 'g', why },
    ...found,
    readings: [],
    raised: onset + 30_000,
    actions: [],
    ...more,
  };
}

function stepsOf({ alarms, untrue }: Scenario, episodes: readonly Episode[]): Step[] {
  const truth = episodes.filter(({ rule }) => !rule.startsWith('silence'));
  const told = alarms.flatMap(({ of, at, again, shift, ended }) => {
    const episode = truth[of % Math.max(1, truth.length)];
    if (episode === undefined) return [];
    const { subject, rule, onset, end } = episode;
    const moved = onset + shift * minute;
    if (end !== null && moved > end) return [];
    const alarm = alarmOf(subject, rule, moved, { end: ended ? end : null });
    const places = again === null ? [at] : [at, again];
    return places.map((place) => ({ place, alarm }));
  });
  const invented = untrue.map(({ minute: when, lift, at }) => {
    const [subject, rule] = lift ? ['court/lift-1', 'lift-trapped'] : ['court/bin-2', 'bin-fire'];
    return { place: at, alarm: alarmOf(subject ?? '', rule ?? '', t0 + when * minute + 7) };
  });
  return [...told, ...invented];
}

async function reference(folder: string, frames: readonly Reading[][]) {
  const player = new Player(folder);
  await player.start();
  try {
    for (const frame of frames) await player.take(frame, false);
    await player.finish();
    return { standing: await player.run.standing(), episodes: await player.run.episodes() };
  } finally {
    await player.stop();
  }
}

/** Alarms come before, between and behind the frames, some of them twice, over restarts. */
async function withAlarms(folder: string, given: Scenario, truth: readonly Episode[]) {
  const frames = framesOf(given);
  const steps = [
    ...stepsOf(given, truth),
    ...given.restarts.map((place) => ({ place, alarm: null })),
  ];
  const due = (k: number) =>
    steps.filter(({ place }) => Math.floor((place / 101) * (frames.length + 1)) === k);
  const player = new Player(folder);
  await player.start();
  try {
    for (let k = 0; k <= frames.length; k += 1) {
      for (const { alarm } of due(k)) {
        if (alarm !== null) await player.raise(alarm);
        else {
          await player.stop();
          await player.start();
        }
      }
      const frame = frames[k];
      if (frame !== undefined) await player.take(frame, k < frames.length - 1);
    }
    await player.finish();
    return { standing: await player.run.standing(), toldTwice: await player.toldTwice() };
  } finally {
    await player.stop();
  }
}

const runs = Number(process.env.ALARM_RUNS ?? 6);

it('leaves the same episodes and tickets in whatever order alarms and readings come, and pages once', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const folders = [await temporaryFolder(), await temporaryFolder()] as const;
      try {
        const { standing, episodes } = await reference(folders[0].path, framesOf(given));
        const got = await withAlarms(folders[1].path, given, episodes);
        expect(got.standing).toEqual(standing);
        expect(got.toldTwice).toEqual([]);
      } finally {
        for (const folder of folders) await folder.remove();
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
}, 600_000);
