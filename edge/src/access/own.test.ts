import { patient } from '@caretaker/readings/testing';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnCredential } from './own.ts';
import { type Rig, startRig } from './testing.ts';

describe('a credential of the gateway itself', () => {
  it('counts with its present secret only', () => {
    const own = new OwnCredential('node-red');
    expect(own.check('node-red', '')).toBeNull();
    const first = own.renew();
    const digest = own.check('node-red', first);
    expect(digest).not.toBeNull();
    expect(own.stands(digest ?? '')).toBe(true);
    expect(own.check('other', first)).toBeNull();
    const second = own.renew();
    expect([own.check('node-red', first), own.stands(digest ?? '')]).toEqual([null, false]);
    expect(own.check('node-red', second)).not.toBeNull();
    own.end();
    expect(own.check('node-red', second)).toBeNull();
  });

  it('tells of every change', () => {
    const own = new OwnCredential('node-red');
    let changes = 0;
    const end = own.onChanged(() => {
      changes += 1;
    });
    own.renew();
    own.end();
    end();
    own.renew();
    expect(changes).toBe(2);
  });
});

describe('flows', () => {
  let rig: Rig;
  const clients: MqttClient[] = [];

  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.endAsync(true);
    await rig.stop();
  });

  async function connect(password: string): Promise<MqttClient> {
    const login = { username: rig.own.id, password, reconnectPeriod: 0 };
    const client = await connectAsync(`mqtt://127.0.0.1:${rig.port}`, login);
    clients.push(client);
    return client;
  }

  it('say readings and commands, hear what the gateway tells, and say nothing in its name', async () => {
    const client = await connect(rig.own.renew());
    const told = ['caretaker/gate', 'zigbee2mqtt/lamp/set', 'node-red/x'];
    const foreign = ['ctk-events/1/yard/ticket/1', 'ctk/1/yard-1/frames', 'elsewhere'];
    for (const topic of [...told, ...foreign]) await client.publishAsync(topic, '1', { qos: 1 });
    expect(rig.heard.map((one) => one.split(' ')[1])).toEqual(told);
    const [granted] = await client.subscribeAsync('ctk-events/1/yard/#', { qos: 1 });
    expect(granted?.qos).toBe(1);
    await expect(client.subscribeAsync('#', { qos: 1 })).rejects.toThrow();
  });

  it('have as many connections as somebody draws brokers, and none once their secret is another', async () => {
    const secret = rig.own.renew();
    for (let n = 0; n < 20; n += 1) await connect(secret);
    expect(clients.every(({ connected }) => connected)).toBe(true);
    const next = rig.own.renew();
    await vi.waitFor(() => expect(clients.some(({ connected }) => connected)).toBe(false), patient);
    await expect(connect(secret)).rejects.toThrow();
    await connect(next);
  });
});
