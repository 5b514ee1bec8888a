import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asset, Estate, Kpi, TicketDetail } from '../contract/index.ts';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const start = Date.UTC(2026, 5, 1, 8);
const second = 1000;

describe('a gateway that falls silent', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('is one ticket, hides what its points last said, and ends with the next frame', async () => {
    const clock = manualClock(start);
    const run = await runCloud(configFor(folder.path), { clock });
    const gateway = await GatewayPlayer.connect(run);
    const seen = async () => {
      const [estate] = await run.list<Estate>('/api/estates');
      return estate?.gateways[0]?.state;
    };
    const bin = async () => {
      const assets = await run.list<Asset>('/api/assets');
      return assets.find((asset) => asset.id === 'court/bin-1')?.state;
    };
    expect(await seen()).toBe('never');
    clock.advance(120 * second);
    expect(await run.tickets()).toEqual([]);

    await gateway.hello();
    const t = clock.now();
    await gateway.send(1, [reading('bin-1/temp_c', t, 71)]);
    await gateway.untilAccepted(1);
    expect(await seen()).toBe('online');
    clock.advance(29 * second);
    expect(await seen()).toBe('online');
    clock.advance(2 * second);
    await vi.waitUntil(async () => (await seen()) === 'silent', patient);
    expect(await bin()).toMatchObject({
      verdict: 'unknown',
      fact: { en: 'Gateway silent' },
      since: t,
    });
    expect(await run.tickets('open')).toHaveLength(1);

    clock.advance(30 * second);
    await vi.waitUntil(async () => (await run.tickets('open')).length === 2, patient);
    const ticket = (await run.tickets('open')).find((one) => one.item === 'EST-S2');
    expect(ticket).toMatchObject({ subject: 'court/gateway:court-1', onset: t, severity: 'high' });
    const { hides } = await run.get<TicketDetail>(`/api/tickets/${ticket?.id}`);
    expect(hides.map(({ subject }) => subject)).toEqual([
      'court/bin-1',
      'court/bin-2',
      'court/lift-1',
    ]);
    clock.advance(300 * second);
    const uptime = await run.get<Kpi>(`/api/kpi?estate=court&from=${t}&to=${t + 300 * second}`);
    const down = uptime.assets.find(({ asset }) => asset === 'court/bin-1')?.time;
    expect(down).toMatchObject({ down: 300 * second, unknown: 0 });
    const other = uptime.assets.find(({ asset }) => asset === 'court/bin-2')?.time;
    expect(other).toMatchObject({ up: 0, unknown: 300 * second });

    await gateway.complete(2, clock.now());
    await vi.waitUntil(async () => (await seen()) === 'online', patient);
    await vi.waitUntil(async () => (await run.tickets('open')).length === 1, patient);
    expect(await bin()).toMatchObject({ verdict: 'breach', severity: 'emergency' });
    const [episode] = await run.list<object>('/api/episodes?rule=gateway-silent');
    expect(episode).toMatchObject({ onset: t, end: clock.now(), effect: 'unknown' });
    await gateway.leave();
    await run.cloud.stop();
  });

  it('stays the same ticket over a restart of the cloud, whose own absence is not its fault', async () => {
    const clock = manualClock(start);
    const first = await runCloud(configFor(folder.path), { clock });
    const gateway = await GatewayPlayer.connect(first);
    await gateway.hello();
    await gateway.send(1, [reading('bin-1/temp_c', start, 20)]);
    await gateway.untilAccepted(1);
    await gateway.leave();
    await first.cloud.stop();

    clock.advance(3600 * second);
    const again = await runCloud(configFor(folder.path), { clock });
    clock.advance(50 * second);
    expect(await again.tickets()).toEqual([]);
    clock.advance(20 * second);
    await vi.waitUntil(async () => (await again.tickets('open')).length === 1, patient);
    await again.cloud.stop();

    const third = await runCloud(configFor(folder.path), { clock });
    clock.advance(120 * second);
    const back = await GatewayPlayer.connect(third);
    await back.hello(1);
    await back.complete(2, clock.now());
    await vi.waitUntil(async () => (await third.tickets('open')).length === 0, patient);
    expect(await third.tickets()).toMatchObject([{ item: 'EST-S2', state: 'self-cleared' }]);
    await back.leave();
    await third.cloud.stop();
  });
});
