import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from '@caretaker/readings';
import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TicketDetail } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const start = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;

/** Two cameras on one power feed, and one on none that is known. */
const estate = `
id: court
name: { en: Test Court, zh: 测试苑 }
zone: Asia/Shanghai
location: { latitude: 31.2, longitude: 121.5 }
gateway: court-1
demo: true
assets:
  - { id: feed, name: Feed, kind: power-feed, touchpoint: TP18, place: Plant, points: [{ metric: live, silentAfter: none }] }
${['one', 'two', 'free']
  .map(
    (id) =>
      `  - { id: cam-${id}, name: Camera ${id}, kind: camera, touchpoint: TP18, place: Yard, ${
        id === 'free' ? '' : 'relations: { power: feed }, '
      }points: [{ metric: recording, silentAfter: none }] }`,
  )
  .join('\n')}
`;

const at = (minutes: number) => start + minutes * minute;
const live = (minutes: number, value: boolean) => reading('feed/live', at(minutes), value);
const camera = (id: string, minutes: number, value: boolean) =>
  reading(`cam-${id}/recording`, at(minutes), value);

/** The feed fails from 10 to 40. One camera comes back with it, one does not, one has failed by itself. */
const told: Reading[] = [
  live(0, true),
  ...['one', 'two', 'free'].map((id) => camera(id, 1, true)),
  live(10, false),
  camera('one', 11, false),
  camera('two', 11, false),
  camera('free', 12, false),
  live(40, true),
  camera('one', 41, true),
  live(50, true),
  camera('one', 55, true),
  camera('two', 56, false),
  camera('free', 57, true),
  live(60, true),
];

describe('a power feed that fails', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let run: RunningCloud;
  let gateway: GatewayPlayer;
  let sent = 0;
  const clock = manualClock(at(61));
  beforeEach(async () => {
    folder = await temporaryFolder();
    const file = join(folder.path, 'estate.yaml');
    await writeFile(file, estate);
    run = await runCloud(configFor(folder.path, { CARETAKER_ESTATE: file }), { clock });
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
    sent = 0;
  });
  afterEach(async () => {
    await gateway.leave();
    await run.cloud.stop();
    await folder.remove();
  });

  const send = async (readings: readonly Reading[], receivedAt?: number) => {
    const received = readings.map((r) => ({ ...r, received: receivedAt ?? r.at }));
    await gateway.send(sent + 1, received);
    sent += readings.length;
    await gateway.untilAccepted(sent);
  };
  const tickets = async () =>
    (await run.tickets())
      .filter(({ subject, state }) => state !== 'withdrawn' && !subject.includes('gateway:'))
      .map(({ subject, state, onset }) => [subject, state, (onset - start) / minute])
      .sort();
  const expected = [
    ['court/cam-free', 'self-cleared', 12],
    ['court/cam-two', 'new', 11],
    ['court/feed', 'self-cleared', 10],
  ];

  it('is one ticket that names what it hides, and what stays broken opens once after it', async () => {
    for (const one of told.slice(0, 8)) await send([one]);
    await gateway.complete(sent + 1, at(30));
    await vi.waitUntil(async () => (await tickets()).length === 2, patient);
    expect(await tickets()).toEqual([
      ['court/cam-free', 'new', 12],
      ['court/feed', 'new', 10],
    ]);
    expect(await run.episodes()).toHaveLength(4);
    const feed = (await run.tickets()).find(({ subject }) => subject === 'court/feed');
    const { hides } = await run.get<TicketDetail>(`/api/tickets/${feed?.id}`);
    expect(hides.map(({ subject, rule }) => [subject, rule])).toEqual([
      ['court/cam-one', 'camera-not-recording'],
      ['court/cam-two', 'camera-not-recording'],
    ]);
    for (const one of told.slice(8)) await send([one]);
    expect(await tickets()).toEqual(expected);
  });

  it('leaves the same tickets when its readings come last, or everything in one go', async () => {
    const cameras = told.filter(({ point }) => point !== 'feed/live');
    for (const one of cameras) await send([one]);
    expect((await tickets()).map(([subject]) => subject)).toEqual([
      'court/cam-free',
      'court/cam-one',
      'court/cam-two',
    ]);
    await send(
      told.filter(({ point }) => point === 'feed/live'),
      at(60),
    );
    expect(await tickets()).toEqual(expected);
    const withdrawn = await run.tickets('withdrawn');
    expect(withdrawn.map(({ subject }) => subject)).toEqual(['court/cam-one']);
    const { events } = await run.get<TicketDetail>(`/api/tickets/${withdrawn[0]?.id}`);
    expect(events.at(-1)?.reason?.en).toBe('Hidden by Feed: Power feed lost.');
  });

  it('leaves the same tickets over a restart while it lasts', async () => {
    for (const one of told.slice(0, 8)) await send([one]);
    await gateway.complete(sent + 1, at(30));
    await vi.waitUntil(async () => (await tickets()).length === 2, patient);
    await gateway.leave();
    await run.cloud.stop();
    const file = join(folder.path, 'estate.yaml');
    run = await runCloud(configFor(folder.path, { CARETAKER_ESTATE: file }), { clock });
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello(sent);
    expect(await tickets()).toHaveLength(2);
    for (const one of told.slice(8)) await send([one]);
    expect(await tickets()).toEqual(expected);
  });
});
