import { patient } from '@caretaker/readings/testing';
import type { AlarmAction } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quarantine, TicketDetail } from '../contract/index.ts';
import { openDatabase } from '../db/database.ts';
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

const acted = (at: number, more: Partial<AlarmAction> = {}): AlarmAction => ({
  ...{ kind: 'relay', target: 'tasmota siren 1 on', undo: false, ok: true, error: null },
  at: t0 + at * minute,
  ...more,
});

const raise = (alarm = trapped(0)) => alarms.raise(gateway, alarm);
const onlyTicket = () => alarms.onlyTicket(run);
const pages = async () => (await pagesIn(configFor(folder.path).database)).length;
const typesOf = ({ events }: TicketDetail) => events.map(({ type }) => type);
const actionsOf = ({ events }: TicketDetail) =>
  events.filter(({ type }) => type === 'gateway-acted');

describe('what a gateway did by itself', () => {
  it('stands on the ticket that its alarm opens: who, what, when, and what came of it', async () => {
    const failed = acted(0.6, {
      kind: 'webhook',
      target: 'https://guard.example',
      ...{ ok: false, error: 'the address answered 503' },
    });
    await raise(trapped(0, { actions: [acted(0.5), failed] }));
    const ticket = await onlyTicket();
    expect(typesOf(ticket)).toEqual(['opened', 'alarm-raised', 'gateway-acted', 'gateway-acted']);
    expect(actionsOf(ticket)).toMatchObject([
      {
        by: 'gateway:court-1',
        acted: acted(0.5),
        reason: { en: 'Relay command tasmota siren 1 on: sent.' },
      },
      {
        acted: failed,
        reason: {
          en: 'Webhook to https://guard.example failed: the address answered 503.',
          zh: '网络回调 https://guard.example 失败：the address answered 503。',
        },
      },
    ]);
    expect(ticket.alarms).toMatchObject([{ actions: [acted(0.5), failed] }]);
    expect(ticket.events[0]?.acted).toBeNull();
    expect(await pages()).toBe(1);
  });

  it('is added as it comes, once, and pages nobody again', async () => {
    await raise();
    await raise(trapped(0, { actions: [acted(0.5)] }));
    await raise(trapped(0, { actions: [acted(0.5)] }));
    // A gateway whose file was damaged has forgotten the first one.
    const undone = acted(9, { target: 'tasmota siren 1 off', undo: true });
    await raise(trapped(0, { actions: [undone] }));
    await raise(trapped(0, { actions: [] }));
    const ticket = await onlyTicket();
    expect(actionsOf(ticket).map((event) => event.acted)).toEqual([acted(0.5), undone]);
    expect(actionsOf(ticket)[1]?.reason?.en).toMatch(/^Taken back: /);
    expect(ticket.alarms[0]?.actions).toEqual([acted(0.5), undone]);
    expect(await pages()).toBe(1);
  });

  it('is added while so many alarms wait that no further one is taken', async () => {
    await raise();
    await stop();
    const database = await openDatabase(configFor(folder.path).database);
    await database.write(async (tx) => {
      const { onset, ...row } = await tx.selectFrom('alarms').selectAll().executeTakeFirstOrThrow();
      for (let more = 1; more < 1_000; more += 1) {
        await tx
          .insertInto('alarms')
          .values({ ...row, onset: onset + more })
          .execute();
      }
    });
    await database.close();
    await start();
    await raise(trapped(-5));
    expect(await run.list<Quarantine>('/api/quarantine')).toMatchObject([
      { code: 'CLOUD_ALARM_UNFIT', count: 1 },
    ]);
    await raise(trapped(0, { actions: [acted(0.5)] }));
    expect(actionsOf(await onlyTicket())).toMatchObject([{ acted: acted(0.5) }]);
  });

  it('stands on the ticket that the readings have opened before it came', async () => {
    await gateway.send(1, [reading(lift, t0, true)]);
    await gateway.untilAccepted(1);
    await raise(trapped(0, { actions: [acted(0.5)] }));
    const ticket = await onlyTicket();
    expect(ticket.source).toBe('episode');
    expect(typesOf(ticket)).toEqual(['opened', 'alarm-raised', 'gateway-acted']);
    expect(await pages()).toBe(1);
  });
});

describe('where the cloud judges otherwise', () => {
  it('the ticket keeps what was done, and says why it is withdrawn', async () => {
    await raise(trapped(0, { actions: [acted(0.5)] }));
    await gateway.send(1, [reading(lift, t0, false)]);
    await gateway.untilAccepted(1);
    await gateway.complete(2, t0 + minute);
    await vi.waitUntil(async () => (await onlyTicket()).state === 'withdrawn', patient);
    // What is undone afterwards is on record, too.
    await raise(trapped(0, { actions: [acted(0.5), acted(2, { undo: true })] }));
    const ticket = await onlyTicket();
    expect(actionsOf(ticket)).toHaveLength(2);
    expect(ticket.events.find(({ type }) => type === 'withdrawn')?.reason).toEqual({
      en: expect.stringMatching(
        /show no such breach\. The gateway judged by version of-the-gateway of the standard, the cloud by \S+\.$/,
      ),
      zh: expect.stringContaining('网关按标准版本 of-the-gateway 判定'),
    });
  });

  it('the ticket says by how much the onset differs', async () => {
    await raise();
    await gateway.send(1, [reading(lift, t0 - 2 * minute, true)]);
    await gateway.untilAccepted(1);
    await gateway.complete(2, t0 + 10 * minute);
    await vi.waitUntil(
      async () => typesOf(await onlyTicket()).includes('episode-withdrawn'),
      patient,
    );
    const { events } = await onlyTicket();
    expect(events.find(({ type }) => type === 'episode-withdrawn')?.reason).toMatchObject({
      en: expect.stringContaining('another onset, 2 min earlier.'),
      zh: expect.stringContaining('早 2 分钟'),
    });
  });

  it('the ticket says that it is of another severity', async () => {
    await raise(trapped(0, { severity: 'high' }));
    await gateway.send(1, [reading(lift, t0, true)]);
    await gateway.untilAccepted(1);
    const ticket = await onlyTicket();
    expect(ticket.severity).toBe('emergency');
    expect(ticket.events.find(({ type }) => type === 'episode-confirmed')?.reason).toMatchObject({
      en: expect.stringContaining(
        'The gateway had called it high; by its readings it is emergency.',
      ),
    });
  });

  it('what was done for nothing is on record, and nobody is paged', async () => {
    await gateway.send(1, [reading(lift, t0, false), reading(lift, t0 + 20 * minute, false)]);
    await gateway.untilAccepted(2);
    await raise();
    expect(await run.tickets()).toEqual([]);
    await raise(trapped(0, { actions: [acted(0.5)] }));
    const ticket = await onlyTicket();
    expect(ticket).toMatchObject({ state: 'withdrawn', alarms: [{ state: 'refuted' }] });
    expect(typesOf(ticket)).toEqual([
      ...['opened', 'alarm-raised', 'gateway-acted', 'episode-withdrawn', 'withdrawn'],
    ]);
    await raise(trapped(1 / minute, { actions: [acted(0.5)] }));
    expect(await run.tickets()).toHaveLength(2);
    expect(await run.tickets('open')).toEqual([]);
    expect(await pages()).toBe(0);
  });
});
