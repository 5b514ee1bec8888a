import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asset, AssetDetail, Kpi, PlannedWork, Problem, Ticket } from '../contract/index.ts';
import {
  configFor,
  type RunningCloud,
  runCloud,
  scripts,
  temporaryFolder,
} from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const start = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;
const bin = { type: 'subject', subject: 'court/bin-2' } as const;

describe('planned work', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ReturnType<typeof manualClock>;
  let run: RunningCloud;
  let gateway: GatewayPlayer;
  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = manualClock(start);
    run = await runCloud(configFor(folder.path), { clock });
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
  });
  afterEach(async () => {
    await gateway.leave();
    await run.cloud.stop();
    await folder.remove();
  });

  const send = (
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) =>
    run.ask(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'idempotency-key': crypto.randomUUID(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const wish = (more: Partial<PlannedWork> = {}) => ({
    estate: 'court',
    scope: bin,
    from: start,
    to: start + 60 * minute,
    reason: 'new lid',
    ...more,
  });
  const announce = async (more: Partial<PlannedWork> = {}): Promise<PlannedWork> => {
    const answer = await send('POST', '/api/planned-work', wish(more));
    expect(answer.status).toBe(201);
    return answer.json() as Promise<PlannedWork>;
  };
  const refused = async (more: Partial<PlannedWork>) => {
    const answer = await send('POST', '/api/planned-work', wish(more));
    const { code, status } = (await answer.json()) as Problem;
    return `${status} ${code}`;
  };
  /** Time passes for cloud and gateway alike. */
  const passTo = async (minutes: number, next: number) => {
    clock.advance(start + minutes * minute - clock.now());
    await gateway.complete(next, clock.now());
  };
  const ofBin = async (): Promise<Ticket[]> =>
    (await run.tickets()).filter((ticket) => ticket.subject === 'court/bin-2');
  const fill = (minutes: number, value: number) =>
    reading('bin-2/fill_pct', start + minutes * minute, value);
  const tile = async () =>
    (await run.list<Asset>('/api/assets')).find(({ id }) => id === 'court/bin-2')?.state;

  it('opens no ticket but for an emergency, shows on the asset, and counts apart', async () => {
    const { id } = await announce();
    clock.advance(5 * minute);
    await gateway.send(1, [
      fill(1, 97),
      fill(2, 98),
      reading('bin-2/temp_c', start + 2 * minute, 20),
    ]);
    await gateway.untilAccepted(3);
    expect(await run.episodes()).not.toHaveLength(0);
    expect(await ofBin()).toEqual([]);
    expect(await tile()).toMatchObject({
      verdict: 'breach',
      planned: { id, until: start + 60 * minute, reason: 'new lid' },
    });
    const { detail } = await run.get<AssetDetail>('/api/assets/court/bin-2');
    expect(detail.conditions.every((c) => c.planned)).toBe(true);
    await gateway.send(4, [reading('bin-2/temp_c', start + 5 * minute, 75)]);
    await gateway.untilAccepted(4);
    expect(await ofBin()).toMatchObject([{ severity: 'emergency', state: 'new' }]);
    await passTo(59, 5);
    const uptime = await run.get<Kpi>(
      `/api/kpi?estate=court&from=${start}&to=${start + 59 * minute}`,
    );
    const time = uptime.assets.find(({ asset }) => asset === 'court/bin-2')?.time;
    expect(time).toMatchObject({ planned: 59 * minute, down: 0 });
  });

  it('opens once what still stands when event time has passed its end, also over a restart', async () => {
    await announce();
    clock.advance(5 * minute);
    await gateway.send(1, [fill(1, 97), fill(2, 98)]);
    await gateway.untilAccepted(2);
    await gateway.leave();
    await run.cloud.stop();
    run = await runCloud(configFor(folder.path), { clock });
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello(2);
    await passTo(59, 3);
    await passTo(59.5, 3);
    expect(await ofBin()).toEqual([]);
    // The cloud's clock is past the end, but the gateway has not said so yet.
    clock.advance(10 * minute);
    expect(await ofBin()).toEqual([]);
    await gateway.complete(3, start + 60 * minute);
    await vi.waitUntil(async () => (await ofBin()).length > 0, patient);
    await passTo(75, 3);
    await gateway.send(3, [fill(75, 99)]);
    await gateway.untilAccepted(3);
    expect(await ofBin()).toMatchObject([{ state: 'new', onset: start + 2 * minute, repeat: 1 }]);
    expect((await tile())?.planned).toBeNull();
  });

  it('ends early when it is called off, and stays in the list', async () => {
    const { id } = await announce({ scope: { type: 'touchpoint', touchpoint: 'TP23' } });
    clock.advance(5 * minute);
    await gateway.send(1, [fill(1, 97), fill(2, 98)]);
    await gateway.untilAccepted(2);
    expect(await ofBin()).toEqual([]);
    const ended = await send('DELETE', `/api/planned-work/${id}`);
    expect(await ended.json()).toMatchObject({ cancelled: clock.now(), cancelledBy: scripts });
    await gateway.complete(3, clock.now());
    await vi.waitUntil(async () => (await ofBin()).length === 1, patient);
    const again = await send('DELETE', `/api/planned-work/${id}`);
    expect([again.status, ((await again.json()) as Problem).code]).toEqual([
      409,
      'CLOUD_PLANNED_OVER',
    ]);
    const [kept] = await run.list<PlannedWork>('/api/planned-work?estate=court');
    expect(kept).toMatchObject({ id, reason: 'new lid', by: scripts, cancelledBy: scripts });
  });

  it('is refused when it is back-dated, too long, about nothing, or from another page', async () => {
    expect(await refused({ from: start - 6 * minute })).toBe('422 CLOUD_PLANNED_PAST');
    expect(await refused({ to: start + 15 * 24 * 60 * minute })).toBe('422 CLOUD_PLANNED_LENGTH');
    expect(await refused({ to: start })).toBe('422 CLOUD_PLANNED_LENGTH');
    expect(await refused({ scope: { type: 'place', place: 'Nowhere' } })).toBe(
      '422 CLOUD_PLANNED_SCOPE',
    );
    expect(await refused({ scope: { type: 'subject', subject: 'other/bin-2' } })).toBe(
      '422 CLOUD_PLANNED_SCOPE',
    );
    expect(await refused({ estate: 'other' })).toBe('404 CLOUD_ESTATE_UNKNOWN');
    expect(await refused({ reason: '' })).toBe('400 CLOUD_REQUEST_INVALID');
    const foreign = await send('POST', '/api/planned-work', wish(), { origin: 'http://evil.test' });
    expect(foreign.status).toBe(403);
    const unknown = await send('DELETE', '/api/planned-work/99');
    expect(((await unknown.json()) as Problem).code).toBe('CLOUD_PLANNED_UNKNOWN');
    await announce({ from: start - 5 * minute, scope: { type: 'place', place: '广场' } });
  });

  it('is announced once for each key, and answers the same when it is sent again', async () => {
    const bare = await run.ask('/api/planned-work', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish()),
    });
    expect(((await bare.json()) as Problem).code).toBe('CLOUD_KEY_MISSING');
    const key = { 'idempotency-key': 'new-lid' };
    const first = await send('POST', '/api/planned-work', wish(), key);
    const made = (await first.json()) as PlannedWork;
    await send('DELETE', `/api/planned-work/${made.id}`);
    // By now it could not be announced any more.
    clock.advance(2 * 60 * minute);
    const again = await send('POST', '/api/planned-work', wish(), key);
    expect([again.status, await again.json()]).toEqual([201, made]);
    const other = await send('POST', '/api/planned-work', wish({ reason: 'new hinge' }), key);
    expect([other.status, ((await other.json()) as Problem).code]).toEqual([
      422,
      'CLOUD_KEY_REUSED',
    ]);
    const kept = await run.list<PlannedWork>('/api/planned-work?estate=court');
    expect(kept).toMatchObject([{ id: made.id, cancelledBy: scripts }]);
  });

  it('about a gateway lets its silence be, and by the clock of the cloud opens it afterwards', async () => {
    const scope = { type: 'subject', subject: 'court/gateway:court-1' } as const;
    await announce({ scope, to: start + 10 * minute });
    await gateway.send(1, [fill(0, 10)]);
    await gateway.untilAccepted(1);
    for (let seconds = 0; seconds < 300; seconds += 30) clock.advance(30_000);
    await vi.waitUntil(async () => (await run.episodes()).length > 0, patient);
    const silent = async () => (await run.tickets()).filter((t) => t.item === 'EST-S2');
    expect(await silent()).toEqual([]);
    for (let seconds = 0; seconds < 330; seconds += 30) clock.advance(30_000);
    await vi.waitUntil(async () => (await silent()).length === 1, patient);
  });
});
