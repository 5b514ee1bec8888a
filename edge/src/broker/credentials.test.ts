import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Reading } from '@caretaker/readings';
import { systemClock } from '@caretaker/readings/base';
import { crankedClock, patient } from '@caretaker/readings/testing';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CredentialStore } from '../access/index.ts';
import { openJournal, readAll, scratch } from '../journal/testing.ts';
import { type Rigged, startEdge, statusOf } from '../testing.ts';

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

/*
 * The whole gateway against clients that are not ours. The hooks alone are proved in `../access`; here it
 * counts what is in the journal and the quarantine, and what a foreign subscriber hears.
 */

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;
let store: CredentialStore;
const secrets = { gate: '', hall: '', zigbee: '' };
type Name = keyof typeof secrets;
/** Ends what a test left running. */
const ends: (() => void)[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  // As the command line does it: another process than the gateway.
  store = new CredentialStore({ directory: path.join(directory, 'edge'), clock: systemClock });
  const now = Date.now();
  for (const id of ['gate', 'hall'] as const) {
    secrets[id] = (await store.add(id, { kind: 'device', assets: [id] }, now)).secret;
  }
  const bridge = { kind: 'bridge', prefix: 'zigbee2mqtt' } as const;
  secrets.zigbee = (await store.add('zigbee', bridge, now)).secret;
  rigged = await startEdge(directory, { anonymous: false });
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await rigged.edge.stop();
  await remove();
});

/** Stops the gateway and reads what it has on disk. */
async function journalled(): Promise<Reading[]> {
  await rigged.edge.stop();
  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, journal.oldest);
  await journal.close();
  return readings;
}

async function untilJournalled(count: number): Promise<void> {
  await vi.waitFor(
    async () => expect((await statusOf(rigged)).journal.newest).toBe(count),
    patient,
  );
}

const at = (name: string, password: string) => [
  ...['-h', '127.0.0.1', '-p', String(rigged.mqttPort), '-u', name, '-P', password],
];
const from = (name: Name) => at(name, secrets[name]);

function publish(who: string[], topic: string, message: string, ...more: string[]) {
  return run('mosquitto_pub', [...who, '-q', '1', '-t', topic, '-m', message, ...more]);
}

/** A subscriber that stays; what it hears, once it is sure to hear. */
async function listen(name: Name, ...filters: string[]): Promise<string[]> {
  const topics = filters.flatMap((filter) => ['-t', filter]);
  const subscribe = ['mosquitto_sub', ...from(name), '-v', '-q', '1', '-d'];
  // Into a pipe it says nothing until it has said much.
  const child = spawn('stdbuf', ['-oL', ...subscribe, ...topics]);
  ends.push(() => child.kill());
  const heard: string[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    heard.splice(0, Infinity, ...said.split('\n').filter((line) => /^\S+\/\S+ /.test(line)));
  });
  await vi.waitFor(() => expect(said).toContain('SUBACK'), patient);
  return heard;
}

describe.skipIf(!installed)('of what others say, the gateway with mosquitto clients', () => {
  it('keeps only what a credential owns, and tells it only to its owner', async () => {
    const gate = await listen('gate', 'caretaker/gate');
    const hall = await listen('hall', 'caretaker/hall', 'caretaker/gate', '#', 'caretaker/+');
    for (const qos of ['0', '1', '2']) {
      await publish(from('hall'), 'caretaker/gate/slam_db', '99', '-q', qos);
      await publish(from('hall'), 'caretaker/gate', 'nonsense', '-q', qos, '-r');
      await publish(from('zigbee'), 'caretaker/gate/slam_db', '98', '-q', qos);
      await publish(from('gate'), 'zigbee2mqtt/gate', '{}', '-q', qos);
    }
    await publish(from('gate'), 'caretaker/gate', '{"slam_db":60}');
    await vi.waitFor(() => expect(gate).toEqual(['caretaker/gate {"slam_db":60}']), patient);
    await publish(from('hall'), 'caretaker/hall', '{"temp_c":20}');
    await vi.waitFor(() => expect(hall).toContain('caretaker/hall {"temp_c":20}'), patient);
    expect(hall).toEqual(['caretaker/hall {"temp_c":20}']);
    const late = await listen('gate', 'caretaker/gate');
    await publish(from('gate'), 'caretaker/gate', '{"slam_db":61}');
    await vi.waitFor(() => expect(late).toEqual(['caretaker/gate {"slam_db":61}']), patient);
    expect((await statusOf(rigged)).quarantine.total).toBe(0);
    expect((await journalled()).map(({ point, value }) => [point, value])).toEqual([
      ['gate/slam_db', 60],
      ['hall/temp_c', 20],
      ['gate/slam_db', 61],
    ]);
  });

  it('lets nobody in without the right name and password', async () => {
    const none = ['-h', '127.0.0.1', '-p', String(rigged.mqttPort)];
    const tries = [none, at('gate', secrets.hall), at('gate', ''), at('nobody', secrets.gate)];
    for (const who of tries) {
      await expect(publish(who, 'caretaker/gate/slam_db', '99')).rejects.toMatchObject({
        stderr: expect.stringMatching(/refused|not authori[sz]ed|bad user name/i),
      });
    }
    const status = await statusOf(rigged);
    expect(status.ingest.messages).toBe(0);
    expect(status.broker.refusals).toMatchObject({ EDGE_LOGIN_REFUSED: tries.length });
    expect(await journalled()).toEqual([]);
  });

  it('names the credential, whatever id the client gives itself', async () => {
    await publish(from('gate'), 'caretaker/gate', 'nonsense', '-i', 'hall');
    expect((await statusOf(rigged)).quarantine.total).toBe(1);
    await rigged.edge.stop();
    const quarantine = new DatabaseSync(path.join(directory, 'edge', 'quarantine.sqlite'));
    const rows = quarantine.prepare('select client from entry').all();
    quarantine.close();
    expect(rows.map((row) => row.client)).toEqual(['gate']);
  });

  it('sends no will for a foreign topic, and keeps one for its own', async () => {
    for (const topic of ['caretaker/hall/temp_c', 'caretaker/gate/slam_db']) {
      const will = ['--will-topic', topic, '--will-payload', '44', '--will-qos', '1'];
      const child = spawn('mosquitto_sub', [
        ...from('gate'),
        '-t',
        'caretaker/gate',
        '-d',
        ...will,
      ]);
      await vi.waitFor(async () => {
        expect((await statusOf(rigged)).broker.clients).toBe(1);
      }, patient);
      child.kill('SIGKILL');
      await vi.waitFor(async () => {
        expect((await statusOf(rigged)).broker.clients).toBe(0);
      }, patient);
    }
    await untilJournalled(1);
    expect(await journalled()).toMatchObject([{ point: 'gate/slam_db', value: 44 }]);
  });
});

/** Speaks MQTT packet by packet. */
async function raw(name: Name, clientId: string, more: object = {}) {
  const socket = net.connect(rigged.mqttPort, '127.0.0.1');
  ends.push(() => socket.destroy());
  socket.on('error', () => {});
  const received: Packet[] = [];
  const packets = parser();
  packets.on('packet', (packet) => received.push(packet));
  socket.on('data', (chunk) => packets.parse(Buffer.from(chunk)));
  const closed = once(socket, 'close');
  const send = (packet: Packet) => socket.write(generate(packet));
  send({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true },
    ...{ username: name, password: Buffer.from(secrets[name]), keepalive: 0, ...more },
  } as Packet);
  await vi.waitFor(() => expect(received[0]?.cmd).toBe('connack'), patient);
  const say = async (topic: string, payload: string, messageId: number, qos: 1 | 2 = 1) => {
    send({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain: false });
    const answer = qos === 1 ? 'puback' : 'pubrec';
    await vi.waitFor(
      () => expect(received).toContainEqual(expect.objectContaining({ cmd: answer, messageId })),
      patient,
    );
  };
  return { socket, received, send, say, closed };
}

describe('a connection', () => {
  it('is not taken over by another credential with its client id', async () => {
    const gate = await raw('gate', 'same');
    const hall = await raw('hall', 'same');
    await gate.say('caretaker/gate/slam_db', '61', 1);
    await hall.say('caretaker/hall/temp_c', '21', 1);
    expect(await journalled()).toHaveLength(2);
  });

  it('cannot finish a QoS 2 exchange, nor leave one, on a foreign topic', async () => {
    const hall = await raw('hall', 'two');
    await hall.say('caretaker/gate/slam_db', '99', 7, 2);
    hall.send({ cmd: 'pubrel', messageId: 7 } as Packet);
    await vi.waitFor(() => expect(hall.received.at(-1)?.cmd).toBe('pubcomp'), patient);
    await hall.say('caretaker/hall/temp_c', '21', 8, 2);
    expect(await journalled()).toMatchObject([{ point: 'hall/temp_c' }]);
  });

  it('is cut off within two seconds when its credential is revoked, without its will', async () => {
    await rigged.edge.stop();
    const clock = crankedClock(systemClock);
    rigged = await startEdge(directory, { anonymous: false }, { clock });
    const will = { topic: 'caretaker/gate/slam_db', payload: Buffer.from('99'), qos: 1 };
    const gate = await raw('gate', 'doomed', { will });
    const hall = await raw('hall', 'other');
    await gate.say('caretaker/gate/slam_db', '61', 1);
    await store.revoke('gate', Date.now());
    clock.crank(2_000);
    await gate.closed;
    await hall.say('caretaker/hall/temp_c', '21', 1);
    const again = await raw('gate', 'doomed');
    expect(again.received[0]).toMatchObject({ cmd: 'connack', returnCode: 4 });
    await again.closed;
    expect((await journalled()).map(({ value }) => value)).toEqual([61, 21]);
  });

  it('says nothing before it has said who it is', async () => {
    const socket = net.connect(rigged.mqttPort, '127.0.0.1');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.resume();
    const packet: Packet = {
      ...{ cmd: 'publish', topic: 'caretaker/gate/slam_db', payload: '99', qos: 1 },
      ...{ messageId: 1, dup: false, retain: false },
    } as Packet;
    socket.write(generate(packet));
    await closed;
    expect(await journalled()).toEqual([]);
  });
});
