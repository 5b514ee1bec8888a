import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { root } from '../src/checks/run.ts';
import { ask } from '../src/product/api.ts';
import { eventSchemas, readAsyncApi } from '../src/product/events-schema.ts';
import { withProduct } from '../src/product/product.ts';
import { findBinary } from '../src/servers/binary.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

const { fault } = eventSchemas(readAsyncApi(root));

/** Hears all events of a gateway with Mosquitto's client, a topic and its payload a line. */
function listen(port: number) {
  const heard: { topic: string; payload: string }[] = [];
  const where = ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-q', '1'];
  const what = ['-t', 'ctk-events/#', '-t', 'homeassistant/#', '-F', '%t %p'];
  const child = spawn('stdbuf', [
    '-oL',
    findBinary('mosquitto_sub') ?? 'mosquitto_sub',
    ...where,
    ...what,
  ]);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [topic = ''] = line.split(' ', 1);
    heard.push({ topic, payload: line.slice(topic.length + 1) });
  });
  const newest = (topic: string) => heard.findLast((one) => one.topic === topic)?.payload;
  return { heard, newest, stop: () => void child.kill('SIGKILL') };
}

it(
  'tells by MQTT of values, of what is wrong and of the ticket until it is closed, as docs/asyncapi.yaml says',
  async () => {
    await withProduct(
      smallEstate,
      async ({ api, parts, restart, sandbox }) => {
        const say = (trapped: boolean) =>
          mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-a', JSON.stringify({ trapped }));
        const { heard, newest, stop } = listen(sandbox.mqttPort);
        try {
          const base = 'ctk-events/1/court';
          await until('the gateway is online', async () =>
            (newest(`${base}/gateway/court-1`) ?? '').includes('"connected":true'),
          );
          await say(true);
          await until('a ticket is told of', () =>
            heard.some(({ topic }) => topic.startsWith(`${base}/ticket/`)),
          );
          const [ticket] = await api.tickets();
          const topic = `${base}/ticket/${ticket?.id}`;
          expect(JSON.parse(newest(topic) ?? '')).toMatchObject({
            ...{ ref: ticket?.ref, asset: 'lift-a', item: 'TP27-S1', priority: 'P1', open: true },
          });
          await until('the condition names breach and ticket', () => {
            const said = newest(`${base}/condition/lift-a`) ?? '';
            return said.includes('lift-trapped') && said.includes(`"tickets":[${ticket?.id}]`);
          });
          await say(false);
          await until('the state says so', () =>
            (newest(`${base}/state/lift-a`) ?? '').includes('"trapped":{"value":false'),
          );
          await parts.edge.stop();
          await until('the gateway says goodbye', () =>
            (newest(`${base}/gateway/court-1`) ?? '').includes('"offline"'),
          );
          // What changed while the gateway was away, and the cloud has been killed since, is right again.
          const { revision = 0 } = await api.ticket(ticket?.id ?? 0);
          const path = `/api/tickets/${ticket?.id}/events`;
          await ask(sandbox, path, { type: 'acknowledge', revision });
          await parts.cloud.kill();
          await restart('cloud');
          await restart('edge');
          await until('the ticket is as the cloud has it', () =>
            (newest(topic) ?? '').includes('"acknowledged"'),
          );
        } catch (error) {
          if (error instanceof Error) {
            error.message += `\n-- heard:\n${heard.map((one) => `${one.topic} ${one.payload}`).join('\n')}`;
          }
          throw error;
        } finally {
          stop();
        }
        expect(heard.some(({ topic }) => topic.startsWith('homeassistant/device/'))).toBe(true);
        const faults = heard.map(({ topic, payload }) => fault(topic, payload));
        expect(faults.filter((one) => one !== null)).toEqual([]);
      },
      { environment: { CARETAKER_HOMEASSISTANT: '1' } },
    );
  },
  8 * patienceMs,
);
