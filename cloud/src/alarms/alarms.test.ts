import { patient } from '@caretaker/readings/testing';
import type { Alarm } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Episode, Quarantine, TicketDetail } from '../contract/index.ts';
import * as alarms from '../testing/alarms.ts';
import { minute, t0, trapped } from '../testing/alarms.ts';
import {
  configFor,
  pagesIn,
  type RunningCloud,
  runCloud,
  temporaryFolder,
} from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const lift = 'lift-1/trapped';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeEach(async () => {
  folder = await temporaryFolder();
  await start();
});
afterEach(async () => {
  await stop();
  await folder.remove();
});

async function start() {
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
}

async function stop() {
  await gateway.leave();
  await run.cloud.stop();
}

const hotBin = (onset: number, more: Partial<Alarm> = {}) =>
  trapped(onset, { subject: 'court/bin-2', rule: 'bin-fire', item: 'TP23-S1', ...more });

const raise = (alarm: Alarm) => alarms.raise(gateway, alarm);
const at = (minutes: number) => t0 + minutes * minute;
const onlyTicket = () => alarms.onlyTicket(run);
const pages = () => pagesIn(configFor(folder.path).database);

const eventsOf = ({ events }: TicketDetail) => events.map(({ type, by }) => `${type} ${by}`);

/** Resolves when nothing waits for its readings any more. */
async function settled() {
  await vi.waitUntil(
    async () =>
      (await run.get<{ items: unknown[] }>('/api/episodes?state=reported')).items.length === 0,
    patient,
  );
}

describe('an alarm of a gateway', () => {
  it('opens the ticket before its readings come, and their episode takes its place', async () => {
    await raise(trapped(0));
    const before = await onlyTicket();
    expect(before).toMatchObject({
      subject: 'court/lift-1',
      item: 'TP27-S1',
      source: 'gateway-alarm',
      state: 'new',
      severity: 'emergency',
      onset: at(0),
      latched: true,
      standardVersion: 'of-the-gateway',
      why: { en: 'Somebody is trapped.' },
      alarms: [{ gateway: 'court-1', state: 'reported', raised: at(0.5) }],
      episodes: [{ state: 'reported', onset: at(0) }],
    });
    expect(eventsOf(before)).toEqual(['opened engine', 'alarm-raised gateway:court-1']);
    expect(await run.episodes()).toEqual([]);
    await gateway.send(1, [reading(lift, at(-10), false), reading(lift, at(0), true)]);
    await gateway.untilAccepted(2);
    const after = await onlyTicket();
    expect(after).toMatchObject({
      id: before.id,
      state: 'new',
      source: 'gateway-alarm',
      alarms: [{ state: 'joined', standardVersion: 'of-the-gateway' }],
      episodes: [{ state: 'standing', onset: at(0), ticket: before.id }],
    });
    expect(after.standardVersion).not.toBe('of-the-gateway');
    expect(eventsOf(after).at(-1)).toBe('episode-confirmed engine');
    expect(await pages()).toEqual([`ticket-${before.id}-emergency`]);
  });

  it('is told to who listens, as ticket and as episode', async () => {
    const stream = await run.ask('/api/events');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await raise(trapped(0));
    let heard = '';
    while (!heard.includes('event: ticket')) heard += (await reader?.read())?.value ?? '';
    expect(heard).toContain('"state":"reported"');
    expect(heard).toContain('"source":"gateway-alarm"');
    await reader?.cancel();
  });

  it('changes nothing when it comes again, also after a restart', async () => {
    await raise(trapped(0));
    const before = await onlyTicket();
    await raise(trapped(0));
    await stop();
    await start();
    await raise(trapped(0));
    expect(await onlyTicket()).toEqual(before);
    expect(await pages()).toHaveLength(1);
  });

  it('joins the ticket that its readings have opened before it came, and pages nobody', async () => {
    await gateway.send(1, [reading(lift, at(0), true)]);
    await gateway.untilAccepted(1);
    const before = await onlyTicket();
    await raise(trapped(0));
    const after = await onlyTicket();
    expect(after).toMatchObject({
      id: before.id,
      source: 'episode',
      alarms: [{ state: 'joined' }],
    });
    expect(eventsOf(after)).toEqual(['opened engine', 'alarm-raised gateway:court-1']);
    expect(await pages()).toHaveLength(1);
  });

  it('pages nobody when it was over before it could be sent', async () => {
    await raise(hotBin(0, { end: at(5) }));
    expect(await onlyTicket()).toMatchObject({ state: 'self-cleared', source: 'gateway-alarm' });
    expect(await pages()).toEqual([]);
  });

  it('keeps its ticket when what went before it turns out to be over', async () => {
    const hot = (minutes: number, value: number) => reading('bin-2/temp_c', at(minutes), value);
    await raise(hotBin(50));
    const opened = await onlyTicket();
    // In the middle of the backlog a fire of before stands, as far as is known.
    await gateway.send(1, [hot(-360, 70)], true);
    await gateway.untilAccepted(1);
    expect(await onlyTicket()).toMatchObject({ id: opened.id, onset: at(-360) });
    // Both its end and the alarm's own readings come in one frame.
    await gateway.send(2, [hot(-350, 20), hot(-315, 20), hot(50, 75)]);
    await gateway.untilAccepted(4);
    // The sensor was silent in between, which is a ticket of its own.
    const tickets = (await run.tickets())
      .filter(({ item }) => item === opened.item)
      .toSorted((a, b) => a.onset - b.onset);
    expect(tickets).toMatchObject([
      { state: 'self-cleared', onset: at(-360), repeat: 1 },
      { id: opened.id, state: 'new', onset: at(50), repeat: 2 },
    ]);
    expect(await pages()).toEqual([`ticket-${opened.id}-emergency`]);
  });

  it('is one with an episode of another onset', async () => {
    await raise(trapped(2));
    await gateway.send(1, [reading(lift, at(0), true)]);
    await gateway.untilAccepted(1);
    await gateway.complete(2, at(10));
    await settled();
    const after = await onlyTicket();
    expect(after).toMatchObject({ state: 'new', onset: at(0), alarms: [{ state: 'joined' }] });
    expect(after.episodes.map(({ onset, state }) => [onset, state])).toEqual([
      [at(0), 'standing'],
      [at(2), 'withdrawn'],
    ]);
    expect(await pages()).toHaveLength(1);
  });
});

describe('an alarm that the readings do not show', () => {
  const unmade = async () => {
    await gateway.send(1, [reading(lift, at(-1), false), reading(lift, at(0.2), false)]);
    await gateway.untilAccepted(2);
    await gateway.complete(3, at(0.5));
    expect(await run.tickets('open')).toHaveLength(1);
    await gateway.complete(3, at(1));
    await settled();
  };

  it('is withdrawn with the reason once all up to it is judged', async () => {
    await raise(trapped(0));
    await unmade();
    const after = await onlyTicket();
    expect(after).toMatchObject({ state: 'withdrawn', alarms: [{ state: 'refuted' }] });
    expect(after.events.at(-1)).toMatchObject({
      type: 'withdrawn',
      reason: { en: expect.stringContaining('show no such breach') },
    });
    expect((await run.list<Episode>('/api/episodes?state=all')).map((e) => e.state)).toEqual([
      'withdrawn',
    ]);
    // The same alarm again is known, and the next one is another.
    await raise(trapped(0));
    expect(await run.tickets('open')).toEqual([]);
    await raise(trapped(3));
    expect(await run.tickets('open')).toHaveLength(1);
  });

  it('stays with the person who has acted on it, who is told', async () => {
    await raise(trapped(0));
    const { id, revision } = await onlyTicket();
    const taken = await run.command(id, { type: 'acknowledge', revision });
    expect(taken.status).toBe(200);
    await unmade();
    const after = await onlyTicket();
    expect(after).toMatchObject({ state: 'acknowledged', conditionClear: true });
    expect(after.events.at(-1)).toMatchObject({
      type: 'episode-withdrawn',
      reason: { en: expect.stringContaining('show no such breach') },
    });
  });

  it('settles after a restart as well', async () => {
    await raise(trapped(0));
    await stop();
    await start();
    await unmade();
    expect(await onlyTicket()).toMatchObject({ state: 'withdrawn' });
  });

  it('opens nothing when all was judged before it came', async () => {
    await gateway.send(1, [reading(lift, at(0), false), reading(lift, at(20), false)]);
    await gateway.untilAccepted(2);
    await raise(trapped(0));
    expect(await run.tickets()).toEqual([]);
    expect(await pages()).toEqual([]);
  });
});

describe('an alarm that is none', () => {
  it.each([
    ['CLOUD_ALARM_FOREIGN', trapped(0, { subject: 'court/lift-9' })],
    ['CLOUD_ALARM_FOREIGN', trapped(0, { subject: 'other/lift-1' })],
    ['CLOUD_ALARM_FOREIGN', trapped(0, { rule: 'lift-flies' })],
    ['CLOUD_ALARM_FOREIGN', trapped(0, { rule: 'bin-fire' })],
    ['CLOUD_ALARM_FOREIGN', trapped(0, { rule: 'silence' })],
    [
      'CLOUD_ALARM_FOREIGN',
      trapped(0, { readings: [{ point: 'other/lift-1/trapped', at: t0, value: true }] }),
    ],
    ['CLOUD_ALARM_UNFIT', trapped(0, { raised: t0 + 120 * minute })],
    ['CLOUD_ALARM_UNFIT', trapped(-36 * 24 * 60)],
    ['CLOUD_ALARM_UNFIT', trapped(0, { end: t0 - 1 })],
  ])('is put aside as %s, and named so that it does not come again', async (code, alarm) => {
    await raise(alarm);
    expect(await run.list<Quarantine>('/api/quarantine')).toMatchObject([
      { code, gateway: 'court-1', topic: 'status', count: 1 },
    ]);
    expect(await run.tickets()).toEqual([]);
  });

  it('is put aside when it cannot be read', async () => {
    const { why: _, ...broken } = trapped(0);
    await gateway.status({ type: 'alarm', at: 0, alarm: broken as Alarm });
    await vi.waitUntil(
      async () => (await run.list<Quarantine>('/api/quarantine')).length > 0,
      patient,
    );
    expect(await run.list<Quarantine>('/api/quarantine')).toMatchObject([
      { code: 'CLOUD_STATUS_INVALID' },
    ]);
  });
});
