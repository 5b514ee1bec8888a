import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import type { Status } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Episode, Estate, GatewayAccess, Ticket } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer } from '../testing/gateway.ts';

const start = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;
const megabyte = 1_000_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let clock: ManualClock;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = manualClock(start);
  await begin();
});
afterEach(async () => {
  await end();
  await folder.remove();
});

async function begin(): Promise<void> {
  run = await runCloud(configFor(folder.path), { clock });
  gateway = await GatewayPlayer.connect(run);
}

async function end(): Promise<void> {
  await gateway.leave();
  await run.cloud.stop();
}

type Health = Extract<Status, { type: 'health' }>;

async function tell(more: Partial<Health>): Promise<void> {
  const health = { type: 'health', at: clock.now(), pending: 0, oldestPendingAt: null } as const;
  await gateway.status({ ...health, quarantined: 0, losses: [], ...more });
}

/** Tickets of the gateway on one item once there are as many; the cloud looks every second. */
async function tickets(item: string, count: number, state?: 'open'): Promise<Ticket[]> {
  const found = async () => (await run.tickets(state)).filter((one) => one.item === item);
  await vi.waitUntil(async () => {
    clock.advance(1_000);
    return (await found()).length === count;
  }, patient);
  return await found();
}

const episodes = (rule: string) => run.list<Episode>(`/api/episodes?rule=${rule}`);
const shown = async () => {
  const [estate] = await run.list<Estate>('/api/estates');
  return estate?.gateways[0];
};

function thinned(to: number, removed: Record<string, number>) {
  const range = { journal: 'journal-a', from: 1, to, since: start - 9 * minute, until: start };
  return { at: start, ...range, stage: 1, reason: 'size' as const, removed };
}

describe('a gateway that thins its journal', () => {
  it('is one ticket while it goes on, which a person closes, and every range is shown', async () => {
    await tell({ tombstones: [thinned(100, { bin: 30 })] });
    const [ticket] = await tickets('EST-S9', 1);
    expect(ticket).toMatchObject({ subject: 'court/gateway:court-1', severity: 'low' });
    expect(ticket?.why.en).toContain('thinned out 30 readings');
    // The range has grown; told twice, it counts once.
    await tell({ tombstones: [thinned(200, { bin: 50, lift: 20 })] });
    await tell({ tombstones: [thinned(200, { bin: 50, lift: 20 })] });
    await vi.waitUntil(async () => (await shown())?.removed === 70, patient);
    const [access] = await run.list<GatewayAccess>('/api/gateways');
    expect(access?.gone).toMatchObject([
      { type: 'thinned', from: 1, to: 200, reason: 'size', removed: { bin: 50, lift: 20 } },
    ]);
    expect(await episodes('gateway-readings-thinned')).toMatchObject([{ end: null }]);
    await vi.waitUntil(async () => {
      clock.advance(minute);
      return (await episodes('gateway-readings-thinned'))[0]?.end !== null;
    }, patient);
    expect(await tickets('EST-S9', 1, 'open')).toHaveLength(1);
  });
});

describe('a gateway that lost readings', () => {
  it('is a ticket with how many at most, once, also over a restart', async () => {
    const loss = { at: start, journal: 'journal-a', reason: 'a byte flipped' };
    const losses = [
      { ...loss, from: 4, to: 9, since: start - minute, until: start },
      { ...loss, from: 20, to: 20, since: null, until: null },
    ];
    await tell({ losses });
    const [ticket] = await tickets('EST-S8', 1, 'open');
    expect(ticket).toMatchObject({ severity: 'medium', onset: start });
    expect(ticket?.why.en).toContain('up to 7 readings');
    expect((await shown())?.losses).toBe(2);
    await end();
    await begin();
    await tell({ losses });
    for (let i = 0; i < 5; i += 1) clock.advance(1_000);
    const later = { ...loss, at: start + minute, from: null, to: null };
    await tell({ losses: [...losses, later] });
    await vi.waitUntil(async () => {
      clock.advance(1_000);
      return (await episodes('gateway-readings-lost')).length === 2;
    }, patient);
    expect(await tickets('EST-S8', 1, 'open')).toHaveLength(1);
  });

  it('is found by the cloud, too, when the gateway begins behind what was accepted', async () => {
    await gateway.hello();
    await gateway.hello(9, 5);
    await tickets('EST-S8', 1, 'open');
    const [access] = await run.list<GatewayAccess>('/api/gateways');
    expect(access?.gone).toMatchObject([{ type: 'lost', from: 1, to: 4, removed: null }]);
  });
});

describe('a journal that is nearly full', () => {
  it('is a ticket before anything is thinned, and ends when there is room again', async () => {
    const room = { bytes: 700, maxBytes: 1_000, freeBytes: 900 * megabyte, daysLeft: 2.5 };
    await tell({ room });
    await vi.waitUntil(async () => (await shown())?.daysLeft === 2.5, patient);
    for (let i = 0; i < 5; i += 1) clock.advance(1_000);
    expect(await tickets('EST-S10', 0)).toEqual([]);
    await tell({ room: { ...room, bytes: 760, daysLeft: 1 } });
    const [ticket] = await tickets('EST-S10', 1, 'open');
    expect(ticket?.why.en).toContain('76 % full');
    await tell({ room: { ...room, bytes: 100 } });
    await tickets('EST-S10', 0, 'open');
    await tell({ room: { ...room, bytes: 100, freeBytes: 200 * megabyte } });
    expect((await tickets('EST-S10', 1, 'open'))[0]?.why.en).toContain('200 MB are left');
  });
});
