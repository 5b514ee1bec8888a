import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { patient } from '@caretaker/readings/testing';
import { connectAsync, connect as connectMqtt, type IPublishPacket, type MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientLimits, loginRate, mostSessions } from './limits.ts';
import { type Rig, startRig } from './testing.ts';

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const heard = () => rig.heard.map((line) => line.split(' ').slice(1).join(' '));

describe.skipIf(!installed)('mosquitto_pub and mosquitto_sub', () => {
  const base = (name: string, password: string) => [
    ...['-h', '127.0.0.1', '-p', String(rig.port), '-u', name, '-P', password],
  ];
  const publish = (name: string, password: string, topic: string, message: string) =>
    run('mosquitto_pub', [...base(name, password), '-q', '1', '-t', topic, '-m', message]);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 0,
      (error: { code?: unknown; stderr?: unknown }) =>
        `${error.code} ${String(error.stderr).trim()}`,
    );

  it('publish what is their own, and what is not goes nowhere', async () => {
    const { gate, zigbee } = rig.secrets;
    await publish('gate', gate, 'caretaker/gate', 'mine');
    await publish('gate', gate, 'caretaker/hall', 'foreign');
    await publish('gate', gate, 'zigbee2mqtt/gate', 'of the bridge');
    await publish('zigbee', zigbee, 'zigbee2mqtt/gate', 'bridged');
    await publish('zigbee', zigbee, 'caretaker/gate', 'beside its prefix');
    expect(heard()).toEqual(['caretaker/gate mine', 'zigbee2mqtt/gate bridged']);
    expect(rig.refused.map(({ code, name, topic }) => [code, name, topic])).toEqual([
      ['EDGE_TOPIC_FORBIDDEN', 'gate', 'caretaker/hall'],
      ['EDGE_TOPIC_FORBIDDEN', 'gate', 'zigbee2mqtt/gate'],
      ['EDGE_TOPIC_FORBIDDEN', 'zigbee', 'caretaker/gate'],
    ]);
  });

  it("do not connect with no credential, a wrong one or another device's", async () => {
    const { gate, hall } = rig.secrets;
    const nameless = ['-h', '127.0.0.1', '-p', String(rig.port), '-t', 'caretaker/gate', '-m', 'x'];
    const answers = [
      await codeOf(run('mosquitto_pub', nameless)),
      await codeOf(publish('gate', 'guess', 'caretaker/gate', 'x')),
      await codeOf(publish('gate', hall, 'caretaker/gate', 'x')),
      await codeOf(publish('hall', gate, 'caretaker/hall', 'x')),
      await codeOf(publish('', '', 'caretaker/gate', 'x')),
      await codeOf(publish(gate, 'gate', 'caretaker/gate', 'x')),
    ];
    for (const answer of answers) expect(answer).toMatch(/bad user name or password/);
    expect(rig.heard).toEqual([]);
    expect(JSON.stringify(rig.refused)).not.toMatch(new RegExp(`guess|${gate}|${hall}`));
  });

  it('are denied every subscription that reaches further than their own', async () => {
    for (const filter of ['#', 'caretaker/#', 'caretaker/+', 'caretaker/hall', '$SYS/#', '+/+']) {
      const subscribe = ['-q', '1', '-W', '20', '-t', filter];
      const { stderr } = await run('mosquitto_sub', [
        ...base('gate', rig.secrets.gate),
        ...subscribe,
      ]).catch((error: { stderr: string }) => error);
      expect(stderr, filter).toMatch(/denied/);
    }
  });
});

describe('a session', () => {
  it('is not taken over by another credential with the same client id', async () => {
    const gate = await rig.connect('gate', { clientId: 'one' });
    const hall = await rig.connect('hall', { clientId: 'one' });
    await Promise.all([gate.publishAsync('caretaker/gate', '1', { qos: 1 })]);
    await hall.publishAsync('caretaker/hall', '2', { qos: 1 });
    expect([gate.connected, hall.connected]).toEqual([true, true]);
    expect(rig.heard).toEqual(['gate/one caretaker/gate 1', 'hall/one caretaker/hall 2']);
    const closed = end(gate);
    await rig.connect('gate', { clientId: 'one' });
    await closed;
  });

  it('hears nothing of others that was queued while it was away', async () => {
    const options = { clientId: 'sleeper', clean: false } as const;
    const gate = await rig.connect('gate', options);
    const granted = await subscribed(gate, ['caretaker/gate', 'caretaker/hall', '#']);
    expect(granted).toEqual([1, 128, 128]);
    await gate.endAsync();
    const hall = await rig.connect('hall');
    await hall.publishAsync('caretaker/hall', 'foreign', { qos: 1 });
    const other = await rig.connect('gate');
    await other.publishAsync('caretaker/gate', 'mine', { qos: 1 });
    const messages: string[] = [];
    const login = { username: 'gate', password: rig.secrets.gate, reconnectPeriod: 0 };
    const back = connectMqtt(`mqtt://127.0.0.1:${rig.port}`, { ...options, ...login });
    back.on('message', (topic, payload) => messages.push(`${topic} ${payload}`));
    await vi.waitFor(() => expect(back.connected).toBe(true), patient);
    await other.publishAsync('caretaker/gate', 'last', { qos: 1 });
    await vi.waitFor(() => expect(messages).toContain('caretaker/gate last'), patient);
    // aedes queues once for each filter that was asked for, refused or not.
    expect(new Set(messages)).toEqual(new Set(['caretaker/gate mine', 'caretaker/gate last']));
    await back.endAsync(true);
  });

  it('leaves no retained message on a foreign topic, and takes none away', async () => {
    const hall = await rig.connect('hall');
    const gate = await rig.connect('gate');
    await hall.publishAsync('caretaker/hall', 'kept', { qos: 1, retain: true });
    await gate.publishAsync('caretaker/hall', 'planted', { qos: 1, retain: true });
    await gate.publishAsync('caretaker/hall', '', { qos: 1, retain: true });
    const kept = new Promise<IPublishPacket>((resolve) => {
      hall.once('message', (_topic, _payload, packet) => resolve(packet));
    });
    await hall.subscribeAsync('caretaker/hall', { qos: 1 });
    expect(await kept).toMatchObject({ payload: Buffer.from('kept'), retain: true });
  });

  it('leaves a will on its own topic only', async () => {
    const will = (topic: string) => ({
      will: { topic, payload: Buffer.from('gone'), qos: 1 as const },
    });
    const foreign = await rig.connect('gate', will('caretaker/hall'));
    foreign.stream.destroy();
    const own = await rig.connect('gate', will('caretaker/gate'));
    own.stream.destroy();
    await vi.waitFor(() => expect(heard()).toEqual(['caretaker/gate gone']), patient);
    await vi.waitFor(
      () => expect(rig.refused).toMatchObject([{ topic: 'caretaker/hall' }]),
      patient,
    );
  });

  it('ends at once when its credential is revoked, and its will with it', async () => {
    const will = { topic: 'caretaker/gate', payload: Buffer.from('gone'), qos: 1 } as const;
    const gate = await rig.connect('gate', { will });
    const hall = await rig.connect('hall');
    const closed = end(gate);
    await rig.store.revoke('gate', rig.clock.now());
    await closed;
    await expect(rig.connect('gate')).rejects.toThrow(/bad username/i);
    await hall.publishAsync('caretaker/hall', 'still', { qos: 1 });
    expect(heard()).toEqual(['caretaker/hall still']);
  });

  it('ends when the grace of its old secret is over', async () => {
    const old = await rig.connect('gate');
    const { secret } = await rig.store.rotate('gate', rig.clock.now(), 60_000);
    const fresh = await rig.connect('gate', { password: secret });
    await old.publishAsync('caretaker/gate', 'in time', { qos: 1 });
    const closed = end(old);
    rig.clock.advance(61_000);
    await closed;
    await fresh.publishAsync('caretaker/gate', 'new', { qos: 1 });
    expect(heard()).toEqual(['caretaker/gate in time', 'caretaker/gate new']);
  });

  it('loses what a change of the bridges takes from it', async () => {
    const zigbee = await rig.connect('zigbee');
    const hall = await rig.connect('hall');
    await zigbee.subscribeAsync('zigbee2mqtt/#', { qos: 1 });
    await rig.store.revoke('zigbee', rig.clock.now());
    await hall.publishAsync('caretaker/hall', 'x', { qos: 1 });
    await vi.waitFor(() => expect(zigbee.connected).toBe(false), patient);
    expect(hall.connected).toBe(true);
  });

  it('is one of few of its credential: the oldest goes', async () => {
    const first = await rig.connect('gate');
    const closed = end(first);
    for (let i = 0; i < mostSessions; i += 1) await rig.connect('gate');
    await closed;
    expect(rig.access.sessions).toBe(mostSessions);
    await rig.connect('hall');
    expect(rig.access.sessions).toBe(mostSessions + 1);
  });

  it('is cut off for a message that is too large, and for filters without end', async () => {
    const gate = await rig.connect('gate');
    const own = Array.from({ length: 12 }, (_, i) => `caretaker/gate/f${i}`);
    const most = clientLimits.device.subscriptions;
    const granted = await subscribed(gate, own);
    expect(granted).toEqual(own.map((_, i) => (i < most ? 1 : 128)));
    const closed = end(gate);
    const large = Buffer.alloc(clientLimits.device.messageBytes);
    gate.publish('caretaker/gate', large, { qos: 1 }, () => {});
    await closed;
    expect(heard()).toEqual([]);
  });

  it('that sends too fast waits, and begins no new burst with a new connection', async () => {
    const gate = await rig.connect('gate');
    const { burst, perSecond } = clientLimits.device.messages;
    const send = (count: number) => {
      for (let i = 0; i < count; i += 1) gate.publish('caretaker/gate', String(i), { qos: 0 });
    };
    send(burst);
    await vi.waitFor(() => expect(rig.heard).toHaveLength(burst), patient);
    expect(rig.waits('gate')).toEqual([0]);
    send(1);
    await vi.waitFor(() => expect(rig.waits('gate')).toEqual([1_000 / perSecond]), patient);
    await rig.connect('gate');
    expect(rig.waits('gate')).toEqual([1_000 / perSecond, 1_000 / perSecond]);
    rig.clock.advance(1_000 / perSecond);
    expect(rig.waits('gate')).toEqual([0, 0]);
  });

  it('is refused to a credential that connects again and again, until it has waited', async () => {
    const tries = async (count: number) => {
      for (let i = 0; i < count; i += 1) await (await rig.connect('gate')).endAsync(true);
    };
    await tries(loginRate.burst);
    await expect(rig.connect('gate')).rejects.toThrow(/server unavailable/i);
    await rig.connect('hall');
    rig.clock.advance(1_000 / loginRate.perSecond);
    await tries(1);
    await expect(rig.connect('gate')).rejects.toThrow(/server unavailable/i);
    expect(rig.access.refusals.EDGE_LOGIN_TOO_OFTEN).toBe(2);
  });
});

describe('a raw socket', () => {
  const connect = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true } as const;
  const publish = { cmd: 'publish', topic: 'caretaker/gate', payload: 'x', dup: false } as const;

  /** Everything that comes back until the broker closes the line. */
  async function answerTo(...packets: mqttPacket.Packet[]): Promise<Buffer> {
    const socket = connectSocket(rig.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.write(Buffer.concat(packets.map((packet) => mqttPacket.generate(packet))));
    await once(socket, 'close');
    return Buffer.concat(chunks);
  }

  it('that does not wait for an answer to its name is not heard', async () => {
    const message = { ...publish, qos: 1, retain: false, messageId: 1 } as const;
    const refusal = Buffer.from([0x20, 2, 0, 4]);
    expect(await answerTo({ ...connect, clientId: 'x' }, message)).toEqual(refusal);
    const guess = { ...connect, clientId: 'x', username: 'gate', password: Buffer.from('guess') };
    expect(await answerTo(guess, message)).toEqual(refusal);
    expect(await answerTo(message)).toEqual(Buffer.alloc(0));
    expect(rig.heard).toEqual([]);
  });

  it('with a user name and no password is no anonymous client', async () => {
    await rig.stop();
    rig = await startRig(true);
    const named = { ...connect, clientId: 'x', username: 'gate' };
    expect(await answerTo(named)).toEqual(Buffer.from([0x20, 2, 0, 4]));
  });
});

it('lets in clients without a name only where that was asked for', async () => {
  await rig.stop();
  rig = await startRig(true);
  const client = await connectAsync(`mqtt://127.0.0.1:${rig.port}`, { reconnectPeriod: 0 });
  await client.publishAsync('caretaker/gate', 'x', { qos: 1 });
  await client.publishAsync('$SYS/x', 'x', { qos: 1 });
  expect(heard()).toEqual(['caretaker/gate x']);
  expect(await subscribed(client, ['#', '$SYS/#'])).toEqual([1, 128]);
  await client.endAsync();
});

it('counts the connections of an address, not those of this machine', () => {
  const { access } = rig;
  const tries = (address: string) =>
    Array.from({ length: 1_200 }, () => access.admits(address)).filter(Boolean).length;
  expect([tries('10.0.0.7'), tries('10.0.0.8'), tries('127.0.0.1')]).toEqual([1_000, 1_000, 1_200]);
  rig.clock.advance(1_000);
  expect(tries('10.0.0.7')).toBe(50);
});

/** Resolves when the connection is closed. */
function end(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}

/** The quality granted to each filter; 128 is a refusal. */
function subscribed(client: MqttClient, filters: readonly string[]): Promise<readonly number[]> {
  return new Promise((resolve) => {
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') resolve(packet.granted.map(Number));
    });
    client.subscribe([...filters], { qos: 1 }, () => {});
  });
}
