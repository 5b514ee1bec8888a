import path from 'node:path';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Access, CredentialStore } from '../access/index.ts';
import type { Ingest } from '../ingest/index.ts';
import { scratch } from '../journal/testing.ts';
import { device, testEstate } from '../testing.ts';
import { Broker } from './broker.ts';

let directory: string;
let remove: () => Promise<void>;
let broker: Broker;
let url: string;
let store: CredentialStore;
const taken: string[] = [];
const clients: MqttClient[] = [];

async function start(): Promise<void> {
  const shared = { clock: systemClock, log: silentLog };
  store = new CredentialStore({ directory, clock: systemClock });
  await store.start();
  const access = new Access({ estate: testEstate(), store, anonymous: true, ...shared });
  broker = new Broker({
    ...{ host: '127.0.0.1', port: 0, access, tls: null, ...shared },
    sessionsFile: path.join(directory, 'sessions.sqlite'),
    ingest: {
      take: (_client: string, topic: string, _payload: Uint8Array, done: (e: null) => void) => {
        taken.push(topic);
        done(null);
      },
    } as unknown as Ingest,
  });
  url = `mqtt://127.0.0.1:${await broker.start()}`;
}

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  taken.length = 0;
  await start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await broker.stop();
  await remove();
});

/** Subscribes to everything and collects what comes: topic, payload, QoS, and whether it was kept. */
async function listener(options = {}): Promise<{ client: MqttClient; heard: string[] }> {
  const client = await device(url, options);
  clients.push(client);
  const heard: string[] = [];
  client.on('message', (topic, payload, { qos, retain }) => {
    heard.push(`${topic} ${payload} q${qos}${retain ? ' kept' : ''}`);
  });
  await client.subscribeAsync('#', { qos: 2 });
  return { client, heard };
}

const hears = (heard: string[], expected: string[]) =>
  vi.waitFor(() => expect(heard.toSorted()).toEqual(expected.toSorted()), patient);

describe('what the gateway publishes itself', () => {
  it('is heard at its QoS, also on topics of devices, and is no message of a device', async () => {
    const { heard } = await listener();
    await broker.publish('ctk-events/1/yard/state/gate', '{}', { qos: 0, retain: false });
    await broker.publish('caretaker/gate', '{"slam_db":1}', { qos: 1, retain: false });
    await broker.publish('relays/1', Buffer.from('on'), { qos: 2, retain: false });
    await hears(heard, [
      'ctk-events/1/yard/state/gate {} q0',
      'caretaker/gate {"slam_db":1} q1',
      'relays/1 on q2',
    ]);
    expect(taken).toEqual([]);
  });

  it('is kept for who comes later, over a restart unless it is fleeting, and removed by an empty one', async () => {
    const kept = { qos: 1, retain: true } as const;
    await broker.publish('relays/1', 'on', kept);
    await broker.publish('relays/2', 'on', kept);
    await broker.publish('relays/2', '', kept);
    await broker.publish('ctk-events/1/yard/state/gate', '{}', { ...kept, fleeting: true });
    const both = ['ctk-events/1/yard/state/gate {} q1 kept', 'relays/1 on q1 kept'];
    await hears((await listener()).heard, both);
    await broker.stop();
    await start();
    const { heard } = await listener();
    await hears(heard, ['relays/1 on q1 kept']);
    expect(broker.counts.sessions.unretained).toBe(0);
  });

  it('is heard whole, and in order at each QoS, when much is said at once', async () => {
    const { heard } = await listener();
    const said: string[] = [];
    for (let n = 0; n < 200; n += 1) {
      const how = { qos: (n % 3) as 0 | 1 | 2, retain: n % 4 === 0, fleeting: n % 8 === 0 };
      said.push(`events/${n} ${n} q${how.qos}`);
      void broker.publish(`events/${n}`, String(n), how);
    }
    await hears(heard, said);
    for (const qos of ['q0', 'q1', 'q2']) {
      const at = (all: string[]) => all.filter((one) => one.endsWith(qos));
      expect(at(heard)).toEqual(at(said));
    }
  });

  it('waits for a client with a session that is away', async () => {
    const session = { clientId: 'lamp', clean: false };
    const { client } = await listener(session);
    await client.endAsync();
    await broker.publish('relays/1', 'on', { qos: 1, retain: false });
    const { heard } = await listener(session);
    await hears(heard, ['relays/1 on q1']);
  });

  it.each(['', '#', 'a/+/b', '$SYS/x', 'x'.repeat(600)])('does not go to "%s"', async (topic) => {
    const sent = broker.publish(topic, 'x', { qos: 0, retain: false });
    await expect(sent).rejects.toMatchObject({ code: 'EDGE_PUBLISH_INVALID' });
  });

  it('is not too large for a client to take, and not lost unheard by a broker that has stopped', async () => {
    const large = broker.publish('a', Buffer.alloc(256_001), { qos: 0, retain: false });
    await expect(large).rejects.toMatchObject({ code: 'EDGE_PUBLISH_INVALID' });
    await broker.stop();
    const late = broker.publish('a', 'b', { qos: 0, retain: false });
    await expect(late).rejects.toMatchObject({ code: 'EDGE_BROKER_STOPPED' });
  });

  it('is told apart from what anybody else says: events are nobody else to publish', async () => {
    const { client, heard } = await listener();
    await client.publishAsync('ctk-events/1/yard/state/gate', 'forged', { qos: 1, retain: true });
    await client.publishAsync('ctk-events', 'forged', { qos: 2, retain: true });
    await client.publishAsync('ctk-eventsx', 'not ours', { qos: 1 });
    await hears(heard, ['ctk-eventsx not ours q1']);
    expect(taken).toEqual(['ctk-eventsx']);
    expect(broker.counts.refusals.EDGE_TOPIC_FORBIDDEN).toBe(2);
  });

  it('is heard by a program that may listen to it, and that says nothing itself', async () => {
    const holder = { kind: 'bridge', prefix: 'ctk-events' } as const;
    const { secret } = await store.add('lamps', holder, systemClock.now());
    const { client, heard } = await listener();
    const lamps = await device(url, { username: 'lamps', password: secret });
    clients.push(lamps);
    const mine: string[] = [];
    lamps.on('message', (topic) => mine.push(topic));
    await lamps.subscribeAsync('ctk-events/#', { qos: 1 });
    await expect(lamps.subscribeAsync('caretaker/#')).rejects.toThrow();
    for (const topic of [
      'ctk-events/1/yard/state/gate',
      'homeassistant/status',
      'caretaker/gate',
    ]) {
      await lamps.publishAsync(topic, 'forged', { qos: 1 });
    }
    await client.publishAsync('caretaker/gate', 'closed', { qos: 1 });
    await broker.publish('ctk-events/1/yard/state/gate', '{}', { qos: 1, retain: false });
    await hears(heard, ['caretaker/gate closed q1', 'ctk-events/1/yard/state/gate {} q1']);
    await hears(mine, ['ctk-events/1/yard/state/gate']);
    expect(taken).toEqual(['caretaker/gate']);
  });
});
