import { expect, it } from 'vitest';
import { edgeStatus } from '../src/product/edge-status.ts';
import { startPager } from '../src/product/pager.ts';
import { withProduct } from '../src/product/product.ts';
import { readStanding, untilJudged } from '../src/product/standing.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

/** From the device's publish to an alarm on the gateway's disk. */
const recordedWithinMs = 2_000;

it(
  'reports an entrapment while the cloud is away: one ticket, one page, and the readings join it',
  async () => {
    const pager = await startPager();
    try {
      await withProduct(
        smallEstate,
        async ({ api, parts, restart, sandbox }) => {
          const say = (trapped: boolean) =>
            mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-a', JSON.stringify({ trapped }));
          const rules = async () => (await edgeStatus(sandbox)).rules;
          await say(false);
          await untilJudged(api);
          await parts.cloud.stop();
          await until('the cloud has not confirmed for long enough', async () => {
            const { unconfirmedMs, actsAfterMs } = await rules();
            return unconfirmedMs >= actsAfterMs;
          });
          const published = Date.now();
          await say(true);
          await until(
            'the gateway raises an alarm',
            async () => (await rules()).alarms.waiting === 1,
          );
          const { oldestWaitingAt } = (await rules()).alarms;
          expect((oldestWaitingAt ?? Infinity) - published).toBeLessThanOrEqual(recordedWithinMs);
          // It is on disk: a gateway that is killed still has it, and raises no second one.
          await parts.edge.kill();
          await restart('edge');
          await until('the gateway has judged again', async () => (await rules()).pending === 0);
          expect(await rules()).toMatchObject({ standing: 1, alarms: { waiting: 1, raised: 1 } });
          await restart('cloud');
          await until('the cloud has the alarm', async () => (await rules()).alarms.waiting === 0);
          await until('its readings are judged', async () => (await api.episodes()).length > 0);
          await untilJudged(api, 2 * patienceMs);
          await until('the page is sent', () => pager.kept.length > 0);
          const tickets = await api.tickets();
          expect(tickets).toHaveLength(1);
          const ticket = await api.ticket(tickets[0]?.id ?? 0);
          expect(ticket).toMatchObject({
            subject: 'court/lift-a',
            item: 'TP27-S1',
            source: 'gateway-alarm',
            state: 'new',
            severity: 'emergency',
            alarms: [{ gateway: 'court-1', rule: 'lift-trapped', state: 'joined' }],
            episodes: [{ rule: 'lift-trapped', state: 'standing', ticket: ticket.id }],
          });
          expect(ticket.onset).toBe(ticket.alarms[0]?.onset);
          expect(ticket.events.map(({ type }) => type)).toEqual([
            'opened',
            'alarm-raised',
            'episode-confirmed',
          ]);
          const { episodes } = await readStanding(api);
          expect(episodes).toHaveLength(1);
          expect(pager.kept.map(({ ref }) => ref)).toEqual([ticket.ref]);
        },
        { environment: { RIG_PAGER_URL: pager.url } },
      );
    } finally {
      await pager.stop();
    }
  },
  8 * patienceMs,
);
