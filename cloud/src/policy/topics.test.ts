import { patient } from '@caretaker/readings/testing';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { strayGateway } from '../testing/enrolled.ts';
import { topicRules } from './topics.ts';

const own = 'court-1';

/** Who may what, written down apart from the table of the product. */
const expected = {
  frames: { says: 'gateway', will: false },
  status: { says: 'gateway', will: true },
  acks: { says: 'cloud', will: false },
  config: { says: 'cloud', will: false },
} as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
const clients: MqttClient[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});
afterAll(async () => {
  await run.cloud.stop();
  await folder.remove();
});

async function connect(username: string, password: string, will?: string): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${run.mqttPort}`, {
    reconnectPeriod: 0,
    username,
    password,
    ...(will === undefined ? {} : { will: { topic: will, payload: Buffer.from('{}'), qos: 0 } }),
  });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

const gateway = (id = own, will?: string) => connect(id, run.token(id), will);
const refused = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'let in',
    () => 'refused',
  );

/** Whether the broker takes it, or cuts off whoever says it. */
async function says(id: string, topic: string): Promise<boolean> {
  const client = await gateway(id);
  const answer = client.publishAsync(topic, '{}', { qos: 1 }).then(
    () => true,
    () => false,
  );
  const cut = vi.waitUntil(() => !client.connected, patient).then(() => false);
  return Promise.race([answer, cut]);
}

async function hears(id: string, topic: string): Promise<boolean> {
  const client = await gateway(id);
  const [grant] = await client.subscribeAsync(topic, { qos: 0 }).catch(() => []);
  return grant !== undefined && grant.qos !== 128;
}

it('the table of topics names those that are tried here, and no other', () => {
  expect(Object.keys(topicRules).sort()).toEqual(Object.keys(expected).sort());
});

describe.each(Object.entries(expected))('ctk/1/<gateway>/%s', (channel, { says: who, will }) => {
  const topic = `ctk/1/${own}/${channel}`;

  it('is said and heard by the gateway that it names as the table says', async () => {
    expect(await says(own, topic)).toBe(who === 'gateway');
    expect(await hears(own, topic)).toBe(who === 'cloud');
    expect(await refused(gateway(own, topic))).toBe(will ? 'let in' : 'refused');
  });

  it('is neither said nor heard by another gateway, nor is a will left on it', async () => {
    expect(await says(strayGateway, topic)).toBe(false);
    expect(await hears(strayGateway, topic)).toBe(false);
    expect(await refused(gateway(strayGateway, topic))).toBe('refused');
  });

  it('is out of reach for people, programs and nobody', async () => {
    expect(await refused(connect(own, run.bearer))).toBe('refused');
    expect(await refused(connect('local', run.bearer))).toBe('refused');
    expect(await refused(connect('', ''))).toBe('refused');
  });
});

it.each([
  `ctk/1/${own}/other`,
  `ctk/1/${own}/frames/more`,
  `ctk/2/${own}/frames`,
  'ctk/1/+/acks',
  '#',
  '$SYS/#',
  'caretaker/bin-1',
])('nobody says or hears %s', async (topic) => {
  expect(await hears(own, topic)).toBe(false);
  if (!/[+#]/.test(topic)) expect(await says(own, topic)).toBe(false);
});
