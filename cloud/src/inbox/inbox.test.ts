import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Quarantine } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;
const hot = [
  reading('bin-1/temp_c', t0, 20),
  reading('bin-1/temp_c', t0 + minute, 71),
  reading('bin-1/temp_c', t0 + 2 * minute, 75),
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeEach(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
});
afterEach(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

const quarantined = () => run.list<Quarantine>('/api/quarantine');

it('stores and judges a frame, opens a ticket, and acknowledges', async () => {
  await gateway.hello();
  await gateway.send(1, hot);
  await gateway.untilAccepted(3);
  const [ticket] = await run.tickets();
  expect(ticket).toMatchObject({
    subject: 'court/bin-1',
    item: 'TP23-S1',
    state: 'new',
    severity: 'emergency',
    onset: t0 + minute,
    repeat: 1,
  });
  expect(await run.episodes()).toMatchObject([
    { rule: 'bin-fire', onset: t0 + minute, end: null, worst: 75, ticket: ticket!.id },
  ]);
  const detail = await run.get<object>(`/api/tickets/${ticket!.id}`);
  expect(detail).toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ type: 'opened', by: 'engine' })]),
    readings: hot.map(({ at, value }) => ({ point: 'court/bin-1/temp_c', at, value })),
  });
  const buckets = await run.get<object>(
    `/api/readings?point=court/bin-1/temp_c&from=${t0}&to=${t0 + 3 * minute}&buckets=1`,
  );
  expect(buckets).toMatchObject({ series: { buckets: [{ n: 3, min: 20, max: 75, last: 75 }] } });
});

it('tells its time to a gateway that asks, and to no other', async () => {
  const health = {
    type: 'health',
    at: t0,
    pending: 0,
    oldestPendingAt: null,
    quarantined: 0,
  } as const;
  await gateway.status({ ...health, losses: [] });
  const before = Date.now();
  await gateway.status({ ...health, losses: [], probe: 17 });
  await expect.poll(() => gateway.replies).toHaveLength(1);
  const [reply] = gateway.replies;
  if (reply?.type !== 'clock') throw new Error('not an answer to the question');
  expect(reply.probe).toBe(17);
  expect(reply.received).toBeGreaterThanOrEqual(before);
  expect(reply.sent).toBeGreaterThanOrEqual(reply.received);
  expect(reply.sent).toBeLessThanOrEqual(Date.now());
});

it('takes a frame once however often it comes, and drops the part it had before', async () => {
  await gateway.hello();
  await gateway.send(1, hot);
  await gateway.send(1, hot);
  await gateway.send(2, [...hot.slice(1), reading('bin-1/temp_c', t0 + 3 * minute, 80)]);
  await gateway.untilAccepted(4);
  expect(await run.tickets()).toHaveLength(1);
  expect(await run.episodes()).toMatchObject([{ worst: 80 }]);
  const metrics = await (await run.ask('/metrics')).text();
  expect(metrics).toContain('caretaker_cloud_readings_total 4\n');
  expect(metrics).toContain('caretaker_cloud_duplicate_frames_total 1\n');
});

it('takes nothing beyond a gap, and asks for what is missing', async () => {
  await gateway.hello();
  await gateway.send(3, hot.slice(2));
  await expect
    .poll(() => gateway.acks.at(-1))
    .toEqual({
      journal: 'journal-a',
      accepted: 0,
      rewind: true,
    });
  await gateway.send(1, hot.slice(0, 2));
  await gateway.send(3, hot.slice(2));
  await gateway.untilAccepted(3);
  expect(await run.episodes()).toMatchObject([{ worst: 75 }]);
});

it('answers a greeting with its position, and begins a new journal where the gateway does', async () => {
  await gateway.hello();
  await gateway.send(1, hot);
  await gateway.untilAccepted(3);
  await gateway.hello(3);
  expect(gateway.acks.at(-1)).toEqual({ journal: 'journal-a', accepted: 3, rewind: false });
  gateway.journal = 'journal-b';
  await gateway.hello(0);
  expect(gateway.acks.at(-1)).toEqual({ journal: 'journal-b', accepted: 0, rewind: false });
  await gateway.send(1, hot);
  await gateway.untilAccepted(3);
  expect(await run.tickets()).toHaveLength(1);
});

it('notes what a gateway lost when it renews its journal too early', async () => {
  await gateway.hello(9);
  gateway.journal = 'journal-b';
  await gateway.hello(12, 11);
  expect(gateway.acks.at(-1)).toMatchObject({ journal: 'journal-b', accepted: 10 });
  const [estate] = await run.list<{ gateways: { losses: number }[] }>('/api/estates');
  expect(estate?.gateways[0]?.losses).toBe(1);
});

it('neither takes nor acknowledges a damaged frame or one of another gateway', async () => {
  await gateway.hello();
  const damaged = gateway.frame(1, hot);
  damaged.set([(damaged.at(-3) ?? 0) ^ 1], damaged.length - 3);
  await gateway.sendBytes(damaged);
  const other = await GatewayPlayer.connect(run, 'court-9');
  await gateway.sendBytes(other.frame(1, hot));
  await other.sendBytes(other.frame(1, hot));
  await expect
    .poll(async () =>
      (await quarantined()).map(({ gateway: from, code }) => `${from} ${code}`).sort(),
    )
    .toEqual([
      'court-1 CLOUD_WRONG_GATEWAY',
      'court-1 READINGS_FRAME_CHECKSUM',
      'court-9 CLOUD_GATEWAY_UNKNOWN',
    ]);
  expect(gateway.acks.filter((ack) => ack.accepted > 0)).toEqual([]);
  expect(other.acks).toEqual([]);
  await gateway.send(1, hot);
  await gateway.untilAccepted(3);
  await other.leave();
});

it('keeps the first value of an instant, and shows conflicts and unknown points', async () => {
  await gateway.hello();
  await gateway.send(1, hot);
  await gateway.send(4, [
    reading('bin-1/temp_c', t0 + 2 * minute, 99),
    reading('bin-7/temp_c', t0, 20),
    reading('bin-1/temp_c', t0 + 4 * minute, 72),
  ]);
  await gateway.untilAccepted(6);
  expect(await run.episodes()).toMatchObject([{ worst: 75 }]);
  expect(
    (await quarantined()).map(({ code, topic, count }) => [code, topic, count]).sort(),
  ).toEqual([
    ['CLOUD_CONFLICT', 'court/bin-1/temp_c', 1],
    ['CLOUD_UNKNOWN_POINT', 'bin-7/temp_c', 1],
  ]);
});

it('goes on past a reading that no store keeps, and shows it', async () => {
  await gateway.hello();
  await gateway.send(1, [hot[0]!, reading('bin-1/temp_c', t0 + 30_000, 'warm')]);
  await gateway.send(3, hot.slice(1));
  await gateway.untilAccepted(4);
  expect(await run.episodes()).toMatchObject([{ rule: 'bin-fire', worst: 75 }]);
  expect(await quarantined()).toMatchObject([
    { code: 'CLOUD_READING_UNFIT', topic: 'bin-1/temp_c', count: 1 },
  ]);
});

it('shows what a gateway reports of itself', async () => {
  await gateway.hello();
  const losses = [{ at: t0, journal: 'old', reason: 'a byte flipped', from: 4, to: 9 }];
  const health = {
    type: 'health',
    at: t0,
    pending: 7,
    oldestPendingAt: t0,
    quarantined: 3,
  } as const;
  const clock = { basis: 'held', offsetMs: 7_200_000, uncertaintyMs: 12.5 } as const;
  await gateway.status({ ...health, losses, clock });
  await gateway.status({ ...health, losses, clock });
  const entry = {
    id: 'q1',
    code: 'DECODE_NOT_JSON',
    reason: 'Not JSON.',
    client: 'gate',
    topic: 'caretaker/x',
    count: 4,
    first: t0,
    last: t0 + 1,
    sample: 'eA==',
    bytes: 1,
  };
  await gateway.status({ type: 'quarantine', at: t0, entries: [entry] });
  await gateway.status({ type: 'quarantine', at: t0, entries: [{ ...entry, count: 6 }] });
  await expect
    .poll(quarantined)
    .toMatchObject([{ id: 'court-1:q1', count: 6, gateway: 'court-1' }]);
  const [estate] = await run.list<{ gateways: object[] }>('/api/estates');
  expect(estate?.gateways).toMatchObject([{ pending: 7, quarantined: 3, losses: 1, clock }]);
});

it('stays down to a folder that another cloud uses', async () => {
  await expect(runCloud(configFor(folder.path))).rejects.toMatchObject({
    code: 'CLOUD_DATA_IN_USE',
  });
});

it('cuts off a client that announces more than a frame may have', async () => {
  const { connect } = await import('node:net');
  const socket = connect(run.mqttPort, '127.0.0.1');
  // CONNECT with a remaining length of 200 MB.
  socket.write(Buffer.from([0x10, 0x80, 0x84, 0xaf, 0x5f]));
  await new Promise<void>((done) => socket.once('close', () => done()));
  expect(run.log).toContain('cut off a client of the uplink broker');
});
