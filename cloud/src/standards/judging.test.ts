import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Episode, StandardVersion, Ticket } from '../contract/index.ts';
import {
  configFor,
  type RunningCloud,
  runCloud,
  scripts,
  temporaryFolder,
} from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { full, hot, writeStandard } from '../testing/standard.ts';

const minute = 60_000;
/** Now, in minutes: before it lies what was judged by the first version. */
let now: number;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;
let next: number;

const rulesIn = () => join(folder.path, 'rules');
const at = (minutes: number, value: number, metric = 'temp_c') =>
  reading(`bin-2/${metric}`, now + minutes * minute, value);

async function start(rules: readonly string[]): Promise<void> {
  await writeStandard(rulesIn(), rules);
  const settings = { CARETAKER_STANDARD: rulesIn() };
  run = await runCloud(configFor(join(folder.path, 'data'), settings));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello(next - 1);
}

async function stop(): Promise<void> {
  await gateway.leave();
  await run.cloud.stop();
}

/** Sends readings in one frame; all that was received until then is said to be complete. */
async function judge(...readings: ReturnType<typeof at>[]): Promise<void> {
  await gateway.send(next, readings);
  next += readings.length;
  await gateway.untilAccepted(next - 1);
}

/** A reading of the past that is received now. */
const late = (minutes: number, value: number) => ({ ...at(minutes, value), received: now });

async function change(method: string, path: string, body: object): Promise<void> {
  const response = await run.ask(`/api/standard/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(await response.json()).not.toHaveProperty('code');
}

/** So many minutes from now a fault that is over by then is another one, with a ticket of its own. */
const later = 300;
/** Tickets without what their clocks say by themselves. */
const opened = async () =>
  (await run.tickets()).map(({ clock: _clock, revision: _revision, ...ticket }) => ticket);
const inMinutes = (time: number | null) => (time === null ? null : (time - now) / minute);
const told = async (): Promise<unknown[]> =>
  (await run.episodes())
    .toSorted((a, b) => a.onset - b.onset)
    .map((e) => [e.rule, inMinutes(e.onset), inMinutes(e.end), e.standardVersion]);
const withdrawn = () => run.list<Episode>('/api/episodes?state=withdrawn');
const version = async () => (await run.get<{ version: string }>('/api/standard')).version;

/** What happened before anything changed: a fire that is over, one that lasts, and a bin that stays full. */
async function before(): Promise<string> {
  await judge(at(-60, 20), at(-50, 65), at(-40, 20));
  await judge(at(-30, 85, 'fill_pct'), at(-10, 66));
  return version();
}

beforeEach(async () => {
  now = Date.now();
  next = 1;
  folder = await temporaryFolder();
  await start([hot(60), full(80)]);
});
afterEach(async () => {
  await stop();
  await folder.remove();
});

const ways: [string, () => Promise<void>][] = [
  [
    'at a restart',
    async () => {
      await stop();
      await start([hot(70), full(80)]);
    },
  ],
  [
    'without a restart',
    async () => {
      await writeStandard(rulesIn(), [hot(70), full(80)]);
      await change('POST', 'reload', {});
    },
  ],
];

describe.each(ways)('a standard that changes %s', (_, publish) => {
  it('leaves what was judged as it was, and goes on with what stands', async () => {
    const first = await before();
    const tickets = await opened();
    await publish();
    const second = await version();
    expect(second).not.toBe(first);
    expect(await told()).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, first],
      ['hot', -10, null, first],
    ]);
    expect(await withdrawn()).toEqual([]);
    expect(await opened()).toEqual(tickets);
    // Between the new limit and the clear limit a standing breach goes on, and nothing new opens.
    await judge(at(10, 65), at(20, 20), at(30, 65), at(later, 71));
    expect(await told()).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, first],
      ['hot', -10, 20, first],
      ['hot', later, null, second],
    ]);
    const [newest] = await run.tickets();
    expect(newest).toMatchObject({ standardVersion: second });
    expect(newest?.why.en).toContain('70 °C');
    const older = (await run.tickets()).filter((t: Ticket) => t.standardVersion === first);
    expect(older).toHaveLength(2);
    expect(older.find((t) => t.onset === now - 50 * minute)?.why.en).toContain('60 °C');
  });

  it('judges readings of before by what was in force then, however late they come', async () => {
    const first = await before();
    await publish();
    await judge(at(10, 66));
    await judge(late(-55, 61), late(-45, 20), late(-43, 62));
    expect(await told()).toEqual([
      ['hot', -55, -45, first],
      ['hot', -43, -40, first],
      ['full', -30, null, first],
      ['hot', -10, null, first],
    ]);
    await stop();
    await start([hot(70), full(80)]);
    expect(await told()).toHaveLength(4);
    expect(await withdrawn()).toEqual([]);
  });
});

describe('a standard that is read again while readings come', () => {
  it('takes all of them, before and after', async () => {
    const first = await before();
    await writeStandard(rulesIn(), [hot(70), full(80)]);
    const times = Array.from({ length: 40 }, (_, k) => now + (60 + k) * 1000);
    const coming = times.map((time, k) => reading('bin-2/temp_c', time, k % 2 === 0 ? 20 : 71));
    const reload = change('POST', 'reload', {});
    for (const one of coming) {
      await gateway.send(next, [one]);
      next += 1;
    }
    await reload;
    await gateway.untilAccepted(next - 1);
    expect(await run.list('/api/standard/versions')).toHaveLength(2);
    const episodes = await told();
    expect(episodes.slice(0, 3)).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, first],
      ['hot', -10, 1, first],
    ]);
    // The change counts from just after what was judged before it, wherever in the stream that was.
    const hot71 = times.filter((_, k) => k % 2 === 1);
    expect(episodes.slice(3).map((e) => (e as unknown[])[1])).toEqual(hot71.map(inMinutes));
    const last = hot71.at(-1) ?? 0;
    expect(episodes.at(-1)).toEqual(['hot', inMinutes(last), null, expect.any(String)]);
    expect(await withdrawn()).toEqual([]);
  });
});

describe('a standard for a time to come', () => {
  it('judges readings from then on, and an unchanged rule goes on; also after a restart', async () => {
    const first = await before();
    await writeStandard(rulesIn(), [hot(70), full(80)]);
    await change('POST', 'reload', { effective: now + 30 * minute });
    const [second] = await run.list<StandardVersion>('/api/standard/versions');
    expect(second).toMatchObject({ number: 2, effective: now + 30 * minute, inForce: false });
    expect(await version()).toBe(first);
    await judge(at(10, 20), at(20, 65), at(25, 20), at(30, 65));
    await stop();
    await start([hot(70), full(80)]);
    await judge(at(40, 71), at(50, 20));
    expect(await told()).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, first],
      ['hot', -10, 10, first],
      ['hot', 20, 25, first],
      ['hot', 40, 50, second?.version],
    ]);
    expect(await withdrawn()).toEqual([]);
    expect(await version()).toBe(first);
  });

  it('that was taken back is as if it had never been said', async () => {
    const first = await before();
    await writeStandard(rulesIn(), [hot(70)]);
    await change('POST', 'reload', { effective: now + 30 * minute });
    await change('DELETE', 'versions/2', {});
    await judge(at(10, 20), at(40, 65), at(50, 20));
    expect(await told()).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, first],
      ['hot', -10, 10, first],
      ['hot', 40, 50, first],
    ]);
    expect(await run.list('/api/standard/versions')).toMatchObject([
      { number: 2, withdrawn: { by: scripts } },
      { number: 1, until: null },
    ]);
  });
});

describe('a limit of an estate that changes', () => {
  it('counts from then on, for its own point, and back again', async () => {
    const first = await before();
    const place = { estate: 'court', asset: 'bin-2', rule: 'hot', reason: 'sunny' };
    await change('PUT', 'overrides', { ...place, numbers: { limit: 70 } });
    await judge(at(1, 20), at(2, 66), at(3, 71), at(4, 20));
    await judge(late(-55, 61));
    const during = [
      ['hot', -55, -40, first],
      ['full', -30, null, first],
      ['hot', -10, 1, first],
      ['hot', 3, 4, first],
    ];
    expect(await told()).toEqual(during);
    await change('DELETE', 'overrides', { ...place, numbers: ['limit'] });
    await judge(at(10, 66));
    await stop();
    await start([hot(60), full(80)]);
    expect(await told()).toEqual([...during, ['hot', 10, null, first]]);
    expect(await withdrawn()).toEqual([]);
  });

  it('for a time to come counts when it has come', async () => {
    const place = { estate: 'court', point: 'court/bin-2/temp_c', rule: 'hot', reason: 'summer' };
    await change('PUT', 'overrides', { ...place, numbers: { limit: 70 }, from: now + 30 * minute });
    await judge(at(10, 66), at(20, 20), at(40, 66), at(50, 71));
    expect((await told()).map((e) => (e as unknown[]).slice(0, 3))).toEqual([
      ['hot', 10, 20],
      ['hot', 50, null],
    ]);
  });
});
