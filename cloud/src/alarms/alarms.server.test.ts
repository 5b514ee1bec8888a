import { patient } from '@caretaker/readings/testing';
import { type Alarm, alarmKey } from '@caretaker/readings/uplink';
import { describe, expect, it, vi } from 'vitest';
import type { TicketDetail } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

const minute = 60_000;
/** An alarm must not lie ahead of the clock. */
const t0 = Date.now() - 60 * minute;

function trapped(lift: string): Alarm {
  return {
    subject: `court/${lift}`,
    rule: 'lift-trapped',
    item: 'TP27-S1',
    onset: t0,
    detected: t0,
    end: null,
    severity: 'emergency',
    standardVersion: 'of-the-gateway',
    why: { en: 'Somebody is trapped.', zh: '有人被困。' },
    worst: true,
    worstAt: t0,
    readings: [{ point: `court/${lift}/trapped`, at: t0, value: true }],
    raised: t0 + 30_000,
    actions: [],
  };
}

async function raise(gateway: GatewayPlayer, alarm: Alarm): Promise<void> {
  const answers = gateway.replies.length;
  await gateway.status({ type: 'alarm', at: alarm.raised, alarm });
  await vi.waitUntil(() => gateway.replies.length > answers, patient);
  const actions = alarm.actions.length;
  expect(gateway.replies.at(-1)).toEqual({ type: 'alarm', key: alarmKey(alarm), actions });
}

async function only(run: RunningCloud, subject: string): Promise<TicketDetail> {
  const tickets = (await run.tickets()).filter((one) => one.subject === subject);
  expect(tickets).toHaveLength(1);
  return run.get<TicketDetail>(`/api/tickets/${tickets[0]?.id}`);
}

describe.skipIf(postgresServer === null)(
  'what a gateway says of itself, on a real PostgreSQL',
  () => {
    it('an alarm makes one ticket, over a restart, and the readings take it over', async () => {
      const { url, drop } = await freshPostgres();
      const folder = await temporaryFolder();
      const config = configFor(folder.path, { DATABASE_URL: url });
      let run = await runCloud(config);
      let gateway = await GatewayPlayer.connect(run);
      try {
        await gateway.hello();
        await raise(gateway, trapped('lift-1'));
        const before = await only(run, 'court/lift-1');
        expect(before).toMatchObject({ source: 'gateway-alarm', alarms: [{ state: 'reported' }] });
        await gateway.leave();
        await run.cloud.stop();

        run = await runCloud(config);
        gateway = await GatewayPlayer.connect(run);
        await gateway.hello();
        await raise(gateway, trapped('lift-1'));
        expect(await only(run, 'court/lift-1')).toEqual(before);
        const acted = { at: t0 + 31_000, ok: true, error: null, undo: false } as const;
        const action = { kind: 'relay', target: 'tasmota siren 1 on', ...acted } as const;
        await raise(gateway, { ...trapped('lift-1'), actions: [action] });
        await gateway.send(1, [reading('lift-1/trapped', t0, true)]);
        await gateway.untilAccepted(1);
        expect(await only(run, 'court/lift-1')).toMatchObject({
          id: before.id,
          alarms: [{ state: 'joined', actions: [action] }],
          episodes: [{ state: 'standing', onset: t0 }],
          events: expect.arrayContaining([
            expect.objectContaining({ type: 'gateway-acted', acted: action }),
          ]),
        });
      } finally {
        await gateway.leave();
        await run.cloud.stop();
        await folder.remove();
        await drop();
      }
    });

    it('lost readings make one ticket, however often they are told', async () => {
      const { url, drop } = await freshPostgres();
      const folder = await temporaryFolder();
      const run = await runCloud(configFor(folder.path, { DATABASE_URL: url }));
      const gateway = await GatewayPlayer.connect(run);
      try {
        await gateway.hello();
        const loss = { at: t0, journal: 'journal-a', reason: 'a cut', from: 5, to: 9 };
        const health = { type: 'health', at: t0, pending: 0, oldestPendingAt: null } as const;
        const tell = () => gateway.status({ ...health, quarantined: 0, losses: [loss] });
        await tell();
        await tell();
        const lost = async () => (await run.tickets()).filter(({ item }) => item === 'EST-S8');
        await vi.waitUntil(async () => (await lost()).length > 0, patient);
        await tell();
        await gateway.send(1, [reading('lift-1/trapped', t0, false)]);
        await gateway.untilAccepted(1);
        expect(await lost()).toHaveLength(1);
      } finally {
        await gateway.leave();
        await run.cloud.stop();
        await folder.remove();
        await drop();
      }
    });
  },
);
