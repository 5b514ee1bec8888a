import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stolenMs } from '@caretaker/readings/testing';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { edgeStatus } from '../src/product/edge-status.ts';
import { startPager } from '../src/product/pager.ts';
import { withProduct } from '../src/product/product.ts';
import { readStanding, untilJudged, withoutAbsences } from '../src/product/standing.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

/** From the device's publish to what the gateway does by itself, and to an alarm on its disk; on an idle machine. */
const actsWithinMs = 2_000;
const actions = `
actions:
  - rule: lift-trapped
    do: [{ relay: { format: tasmota, device: siren } }, { webhook: { url: "http://127.0.0.1:9/" } }]
    undo: [{ relay: { format: tasmota, device: siren, on: false } }]
`;

let folder: string;
let estate: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caretaker-sirens-'));
  estate = join(folder, 'estate.yaml');
  await writeFile(estate, `${await readFile(smallEstate, 'utf8')}${actions}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whatever the siren hears, also what comes while the gateway starts anew. */
async function listen(url: string) {
  const heard: { readonly said: string; readonly at: number }[] = [];
  const client = await connectAsync(url, {
    ...{ clientId: 'siren', clean: false, reconnectPeriod: 100 },
  });
  client.on('message', (topic, payload) => {
    heard.push({ said: `${topic} ${payload.toString()}`, at: Date.now() });
  });
  await client.subscribeAsync('cmnd/siren/#', { qos: 1 });
  return { heard, stop: () => client.endAsync(true) };
}

it(
  'acts on an entrapment and reports it while the cloud is away: one ticket, one page, and the readings join it',
  async () => {
    const pager = await startPager();
    const sirens: Awaited<ReturnType<typeof listen>>[] = [];
    try {
      await withProduct(
        estate,
        async ({ api, parts, restart, sandbox }) => {
          const say = (trapped: boolean) =>
            mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-a', JSON.stringify({ trapped }));
          const rules = async () => (await edgeStatus(sandbox)).rules;
          const siren = await listen(sandbox.mqttUrl);
          sirens.push(siren);
          const { heard } = siren;
          await say(false);
          await untilJudged(api);
          await parts.cloud.stop();
          await until('the cloud has not confirmed for long enough', async () => {
            const { unconfirmedMs, actsAfterMs } = await rules();
            return unconfirmedMs >= actsAfterMs;
          });
          const { pid } = parts.edge;
          const [published, stolen] = [Date.now(), stolenMs(pid)];
          await say(true);
          await until('the siren hears of it', () => heard.length > 0);
          const hindered = stolenMs(pid) - stolen;
          expect(heard[0]?.said).toBe('cmnd/siren/POWER1 ON');
          const within = actsWithinMs + hindered;
          expect((heard[0]?.at ?? Infinity) - published).toBeLessThanOrEqual(within);
          await until(
            'the gateway raises an alarm',
            async () => (await rules()).alarms.waiting === 1,
          );
          const { oldestWaitingAt } = (await rules()).alarms;
          expect((oldestWaitingAt ?? Infinity) - published).toBeLessThanOrEqual(within);
          const ledger = join(sandbox.folder, 'edge', 'actions.json');
          await until('it is on disk that the webhook was given up', async () =>
            (await readFile(ledger, 'utf8')).includes('"ok":false'),
          );
          // A gateway that is killed still has it, raises no second one, and acts no second time.
          await parts.edge.kill();
          await restart('edge');
          await until('the gateway has judged again', async () => (await rules()).pending === 0);
          expect(await rules()).toMatchObject({ standing: 1, alarms: { waiting: 1, raised: 1 } });
          await restart('cloud');
          await until('the cloud has the alarm', async () => (await rules()).alarms.waiting === 0);
          await until('its readings are judged', async () => (await api.episodes()).length > 0);
          await untilJudged(api, 2 * patienceMs);
          await until('the page is sent', () => pager.kept.length > 0);
          // How long the gateway was away lies with the machine; that it was is another matter.
          const ofLift = () => api.tickets('&subject=court%2Flift-a');
          const tickets = await ofLift();
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
          const types = ticket.events.map(({ type }) => type);
          expect(types.filter((type) => !type.startsWith('clock-'))).toEqual([
            'opened',
            'alarm-raised',
            'gateway-acted',
            'gateway-acted',
            'episode-confirmed',
          ]);
          const acted = (one: { kind: string; undo: boolean; ok: boolean }) =>
            `${one.kind} ${one.undo} ${one.ok}`;
          const [alarm] = ticket.alarms;
          expect(alarm?.actions.map(acted)).toEqual(['relay false true', 'webhook false false']);
          const { episodes } = withoutAbsences(await readStanding(api));
          expect(episodes).toHaveLength(1);
          expect(heard).toHaveLength(1);
          await say(false);
          await until('it is taken back', () => heard.length === 2);
          expect(heard[1]?.said).toBe('cmnd/siren/POWER1 OFF');
          await until(
            'the ticket says so',
            async () => (await api.ticket(ticket.id)).alarms[0]?.actions.length === 3,
          );
          expect(await ofLift()).toHaveLength(1);
          const paged = pager.kept.filter(({ subject }) => subject === 'court/lift-a');
          expect(paged.map(({ ref }) => ref)).toEqual([ticket.ref]);
        },
        { environment: { RIG_PAGER_URL: pager.url } },
      );
    } finally {
      for (const siren of sirens) await siren.stop();
      await pager.stop();
    }
  },
  8 * patienceMs,
);
