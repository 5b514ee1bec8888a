import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '@caretaker/readings/base';
import { crankedClock, patient } from '@caretaker/readings/testing';
import { newGatewayKey, uplinkToken } from '@caretaker/readings/uplink';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quarantine } from '../contract/index.ts';
import { openStoredGateways } from '../gateways/stored.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { revokeGateway, strayGateway } from '../testing/enrolled.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const hot = [reading('bin-1/temp_c', t0, 20), reading('bin-1/temp_c', t0 + 60_000, 71)];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
const clients: MqttClient[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await run.cloud.stop();
  await folder.remove();
});

/** A client as `court-1` unless told otherwise; it stays away once it is cut off. */
async function client(options: IClientOptions = {}): Promise<MqttClient> {
  const connected = await connectAsync(`mqtt://127.0.0.1:${run.mqttPort}`, {
    reconnectPeriod: 0,
    username: 'court-1',
    password: run.token('court-1'),
    ...options,
  });
  connected.on('error', () => {});
  clients.push(connected);
  return connected;
}

const refusal = async (options: IClientOptions) =>
  await client(options).then(
    () => 'connected',
    (error: { code?: number }) => error.code,
  );

const cutOff = (one: MqttClient) => vi.waitUntil(() => !one.connected, patient);

describe('the uplink broker lets in', () => {
  it('a gateway with a fresh token, once', async () => {
    const password = run.token('court-1');
    const first = await client({ password });
    await first.endAsync();
    expect(await refusal({ password })).toBe(5);
    expect(await refusal({})).toBe('connected');
  });

  it('nobody without one, or with that of another gateway, key or cloud', async () => {
    const foreign = { gateway: 'court-1', key: 'k', privateKey: newGatewayKey().privateKey };
    for (const options of [
      { username: undefined, password: undefined },
      { password: undefined },
      { password: '' },
      { username: 'court-1', password: run.token(strayGateway) },
      { username: strayGateway, password: run.token('court-1') },
      { username: 'court-1', password: uplinkToken(foreign, systemClock.now()) },
    ] as IClientOptions[]) {
      expect(await refusal(options), JSON.stringify(options.username)).toBe(5);
    }
    expect(run.log).toContain('refused a client of the uplink broker');
  });

  it('nobody whose will is to be said for another gateway', async () => {
    const will = (topic: string) => ({ topic, payload: Buffer.from('{}'), qos: 0, retain: false });
    for (const topic of ['ctk/1/court-9/status', 'ctk/1/court-1/frames', 'ctk/1/court-1/acks']) {
      expect(await refusal({ will: will(topic) as IClientOptions['will'] }), topic).toBe(5);
    }
    const own = will('ctk/1/court-1/status') as IClientOptions['will'];
    expect(await refusal({ will: own })).toBe('connected');
  });

  it('a gateway under its own name only, whatever client id it gives', async () => {
    const mine = await client({ clientId: 'same' });
    const other = await client({
      clientId: 'same',
      username: strayGateway,
      password: run.token(strayGateway),
    });
    await mine.publishAsync('ctk/1/court-1/status', '{"type":"gone","at":0}', { qos: 1 });
    expect([mine.connected, other.connected]).toEqual([true, true]);
    const again = await client({ clientId: 'another' });
    await cutOff(mine);
    expect(again.connected).toBe(true);
  });
});

describe('a gateway', () => {
  it('speaks only for itself: on any other topic it is cut off, and nothing is kept', async () => {
    const bytes = Buffer.from((await GatewayPlayer.connect(run)).frame(1, hot));
    for (const topic of [
      `ctk/1/${strayGateway}/frames`,
      `ctk/1/${strayGateway}/status`,
      'ctk/1/court-1/acks',
      'ctk/1/court-1/config',
      'ctk/1/court-1/frames/more',
      'caretaker/bin-1',
      '$SYS/x',
    ]) {
      const mine = await client();
      mine.publish(topic, bytes, { qos: 1, retain: true }, () => {});
      await cutOff(mine);
    }
    expect(await run.list<Quarantine>('/api/quarantine')).toEqual([]);
    expect(await run.tickets()).toEqual([]);
  });

  it('is cut off for QoS 2, and keeps nothing in the broker', async () => {
    const mine = await client();
    mine.publish('ctk/1/court-1/status', '{}', { qos: 2 }, () => {});
    await cutOff(mine);
  });

  it('hears nothing of others, however it asks', async () => {
    const spy = await client({ username: strayGateway, password: run.token(strayGateway) });
    const heard: string[] = [];
    spy.on('message', (topic) => heard.push(topic));
    for (const filter of ['#', '+/+/+/+', 'ctk/1/+/acks', 'ctk/1/court-1/acks', '$SYS/#']) {
      const granted = await spy.subscribeAsync(filter).catch(() => []);
      expect(granted.filter(({ qos }) => qos !== 128)).toEqual([]);
    }
    const gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
    await gateway.send(1, hot);
    await gateway.untilAccepted(2);
    expect(heard).toEqual([]);
    await gateway.leave();
  });

  it('is cut off when it asks for topics again and again', async () => {
    const mine = await client();
    for (let i = 0; i < 40; i += 1) mine.subscribe(`ctk/1/x${i}/acks`, () => {});
    await cutOff(mine);
  });
});

describe('a revoked gateway', () => {
  const revoke = () => revokeGateway(run.url, folder.path, 'court-1');

  it('that is connected is cut off at once, and does not come back', async () => {
    const mine = await client();
    await revoke();
    await cutOff(mine);
    expect(await refusal({})).toBe(5);
  });

  it('is cut off within five seconds when another process revoked it', async () => {
    await run.cloud.stop();
    const clock = crankedClock(systemClock);
    run = await runCloud(configFor(folder.path), { clock });
    const mine = await client();
    const beside = await openStoredGateways(configFor(folder.path), systemClock);
    await beside.revoke('court-1', { actor: 'operator:1000', at: systemClock.now() });
    await beside.close();
    clock.crank(5_000);
    await cutOff(mine);
    expect(await refusal({})).toBe(5);
  });

  it('says nothing more, not even its will', async () => {
    const entry = { code: 'X', reason: 'x', client: 'x', topic: 'x', count: 1, first: 1, last: 1 };
    const willOf = (id: string) => {
      const entries = [{ ...entry, id, sample: '', bytes: 0 }];
      const payload = Buffer.from(JSON.stringify({ type: 'quarantine', at: 0, entries }));
      return { topic: 'ctk/1/court-1/status', payload, qos: 0, retain: false } as const;
    };
    const ids = async () => (await run.list<Quarantine>('/api/quarantine')).map(({ id }) => id);
    const good = await client({ will: willOf('before') });
    good.stream.destroy();
    await vi.waitUntil(async () => (await ids()).includes('court-1:before'), patient);
    const mine = await client({ will: willOf('after') });
    await revoke();
    await cutOff(mine);
    // What comes later on the same way has come.
    const other = await GatewayPlayer.connect(run, strayGateway);
    await other.sendBytes(other.frame(1, hot));
    await vi.waitUntil(async () => (await ids()).length === 2, patient);
    expect(await ids()).not.toContain('court-1:after');
    await other.leave();
  });
});

describe('over a bare socket', () => {
  /** An MQTT packet of fewer than 128 bytes. */
  const packet = (first: number, body: string) =>
    Buffer.concat([Buffer.from([first, body.length]), Buffer.from(body, 'latin1')]);
  const text = (value: string) => `${String.fromCharCode(0, value.length)}${value}`;
  const anonymous = packet(0x10, `${text('MQTT')}\x04\x02\0\x3c${text('court-1')}`);

  async function answer(...packets: Buffer[]): Promise<number[]> {
    const socket: Socket = connect(run.mqttPort, '127.0.0.1');
    const bytes: number[] = [];
    socket.on('data', (chunk: Buffer) => bytes.push(...chunk));
    socket.on('error', () => {});
    socket.write(Buffer.concat(packets));
    await once(socket, 'close');
    return bytes;
  }

  it('a client without a name is refused, and what it sent along is nobody’s', async () => {
    const status = packet(0x30, `${text('ctk/1/court-1/status')}{"type":"gone","at":0}`);
    const subscribe = packet(0x82, `\0\x01${text('ctk/1/+/acks')}\0`);
    // CONNACK with 5, "not authorised", and nothing else.
    expect(await answer(anonymous, status, subscribe)).toEqual([0x20, 2, 0, 5]);
    expect(await run.list<Quarantine>('/api/quarantine')).toEqual([]);
  });

  it('a packet that comes before CONNECT ends the connection', async () => {
    expect(await answer(packet(0x30, `${text('ctk/1/court-1/status')}{}`))).toEqual([]);
  });
});
