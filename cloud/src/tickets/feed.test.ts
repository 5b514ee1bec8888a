import { patient } from '@caretaker/readings/testing';
import { type TicketsReply, ticketsDigest } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.now() - 3_600_000;
const nothing = ticketsDigest([]);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

async function start(): Promise<void> {
  const config = configFor(folder.path, { CARETAKER_PUBLIC_URL: 'http://127.0.0.1:8080' });
  run = await runCloud(config);
  gateway = await GatewayPlayer.connect(run);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await start();
});
afterEach(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

const told = (from = gateway): TicketsReply[] =>
  from.replies.filter((one) => one.type === 'tickets') as TicketsReply[];

async function hello(tickets?: string, from = gateway): Promise<void> {
  const at = Date.now();
  const more = tickets === undefined ? {} : { tickets };
  const { journal } = from;
  const seen = from.acks.length;
  await from.status({ type: 'hello', journal, oldest: 1, newest: 0, version: 't', at, ...more });
  await vi.waitUntil(() => from.acks.length > seen, patient);
}

async function health(tickets: string): Promise<void> {
  const at = Date.now();
  const rest = { pending: 0, oldestPendingAt: null, quarantined: 0, losses: [] };
  await gateway.status({ type: 'health', at, tickets, ...rest });
}

async function trap(first = 1, lift = 'lift-1'): Promise<void> {
  await gateway.send(first, [reading(`${lift}/trapped`, t0 + first, true)]);
  await gateway.untilAccepted(first);
}

const news = (count: number) => vi.waitUntil(() => told().length >= count, patient);

describe('a gateway', () => {
  it('is told of a ticket when it is opened, changed and closed, without anybody’s name', async () => {
    await hello(nothing);
    await trap();
    await news(1);
    const [opened] = told();
    expect(opened).toMatchObject({
      all: false,
      tickets: [
        {
          subject: 'court/lift-1',
          item: 'TP27-S1',
          severity: 'emergency',
          state: 'new',
          open: true,
          due: expect.any(Number),
        },
      ],
    });
    const { id, ref, url } = opened?.tickets[0] ?? { id: 0, ref: '', url: '' };
    const [ticket] = await run.tickets();
    expect([id, ref]).toEqual([ticket?.id, ticket?.ref]);
    expect(url).toBe(`http://127.0.0.1:8080/tickets/${id}`);
    const revision = ticket?.revision ?? 0;
    const taken = await run.command(id, { type: 'acknowledge', revision });
    expect(taken.status, await taken.clone().text()).toBeLessThan(300);
    await news(2);
    expect(told()[1]).toMatchObject({ tickets: [{ id, state: 'acknowledged', open: true }] });
    expect(JSON.stringify(told())).not.toMatch(/administrator|owner/);
    // Its digest is what the gateway would say now: nothing is sent again.
    await hello(ticketsDigest(told()[1]?.tickets ?? []));
    expect(told()).toHaveLength(2);
  });

  it('that was away is told all that are open, after a restart of the cloud too', async () => {
    await hello(nothing);
    await trap();
    await news(1);
    await gateway.leave();
    await run.cloud.stop();
    await start();
    await hello(nothing);
    await news(1);
    expect(told()).toMatchObject([{ all: true, tickets: [{ subject: 'court/lift-1' }] }]);
  });

  it('that missed a change says so with its second sign of life, and is told all', async () => {
    await hello(nothing);
    await trap();
    await news(1);
    await health(nothing);
    await health(nothing);
    await news(2);
    expect(told()[1]).toMatchObject({ all: true, tickets: [{ subject: 'court/lift-1' }] });
    await health(ticketsDigest(told()[1]?.tickets ?? []));
    await health('0');
    await hello(ticketsDigest(told()[1]?.tickets ?? []));
    expect(told()).toHaveLength(2);
  });

  it('that does nothing with tickets is told of none', async () => {
    await hello();
    await trap();
    await vi.waitUntil(async () => (await run.tickets()).length > 0, patient);
    await hello();
    expect(told()).toEqual([]);
  });
});
