import { patient } from '@caretaker/readings/testing';
import { describe, expect, it, vi } from 'vitest';
import { onlyTicket, raise, t0, trapped } from '../testing/alarms.ts';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';

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
        await raise(gateway, trapped(0));
        const before = await onlyTicket(run);
        expect(before).toMatchObject({ source: 'gateway-alarm', alarms: [{ state: 'reported' }] });
        await gateway.leave();
        await run.cloud.stop();

        run = await runCloud(config);
        gateway = await GatewayPlayer.connect(run);
        await gateway.hello();
        await raise(gateway, trapped(0));
        expect(await onlyTicket(run)).toEqual(before);
        const acted = { at: t0 + 31_000, ok: true, error: null, undo: false } as const;
        const action = { kind: 'relay', target: 'tasmota siren 1 on', ...acted } as const;
        await raise(gateway, trapped(0, { actions: [action] }));
        await gateway.send(1, [reading('lift-1/trapped', t0, true)]);
        await gateway.untilAccepted(1);
        expect(await onlyTicket(run)).toMatchObject({
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
