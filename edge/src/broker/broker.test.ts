import { once } from 'node:events';
import { mkdir, symlink, unlink } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openJournal, readAll, scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge, statusOf } from '../testing.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged | null = null;
const clients: MqttClient[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  await stop();
  await remove();
});

async function start(...args: Parameters<typeof startEdge> extends [string, ...infer R] ? R : []) {
  rigged = await startEdge(directory, ...args);
  return rigged;
}

async function stop(): Promise<void> {
  const edge = rigged?.edge;
  rigged = null;
  await edge?.stop();
}

async function connect(url: string, options = {}): Promise<MqttClient> {
  const client = await device(url, options);
  client.on('error', () => {});
  clients.push(client);
  return client;
}

function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

/** Stops the gateway and reads what it has on disk. */
async function journalled(): Promise<Reading[]> {
  await stop();
  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, journal.oldest);
  await journal.close();
  return readings;
}

/** Speaks MQTT packet by packet, for what a client library would not do. */
async function rawDevice(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const received: Packet[] = [];
  const packets = parser();
  packets.on('packet', (packet) => received.push(packet));
  socket.on('data', (chunk) => packets.parse(Buffer.from(chunk)));
  await once(socket, 'connect');
  const send = (...all: Packet[]) => {
    // One write, so that the broker gets them in one chunk.
    socket.cork();
    for (const one of all) socket.write(generate(one));
    socket.uncork();
  };
  send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'raw', clean: true });
  await vi.waitFor(() => expect(received[0]?.cmd).toBe('connack'), patient);
  return { socket, received, send };
}

function publish(messageId: number, topic: string, payload: string, dup = false): Packet {
  return { cmd: 'publish', topic, payload, qos: 2, messageId, dup, retain: false };
}

describe('acknowledged readings', () => {
  it('are on disk at every quality of service, in order, with what the device said', async () => {
    const { url } = await start();
    const client = await connect(url);
    const at = Date.now() - 60_000;
    await client.publishAsync('caretaker/hall', JSON.stringify({ at, temp_c: 20.5 }), { qos: 0 });
    await client.publishAsync(
      'caretaker/gate',
      JSON.stringify({ at, door: 'open', fault: false }),
      {
        qos: 1,
      },
    );
    await client.publishAsync('caretaker/bin/fill_pct', '73', { qos: 2 });
    const readings = await journalled();
    expect(readings).toMatchObject([
      { point: 'hall/temp_c', at, value: 20.5, stamped: true, history: false },
      { point: 'gate/door', at, value: 'open', stamped: true, history: false },
      { point: 'gate/fault', at, value: false, stamped: true, history: false },
      { point: 'bin/fill_pct', value: 73, stamped: false, history: false },
    ]);
    const last = readings.at(-1);
    expect(last?.at).toBe(last?.received);
  });

  it.each([1, 2] as const)('are synced before the answer at QoS %i', async (qos) => {
    const events: string[] = [];
    const { url } = await start({}, { reach: (name) => events.push(name) });
    const client = await connect(url);
    for (let n = 0; n < 20; n += 1) {
      await client.publishAsync('caretaker/hall/temp_c', String(n), { qos });
      events.push('answered');
    }
    const expected = ['edge.before-sync', 'edge.after-sync', 'answered'];
    expect(events).toEqual(Array.from({ length: 20 }, () => expected).flat());
  });

  it('are not acknowledged while the disk is full; the device resends, and nothing is lost', async () => {
    const { url } = await start({
      journal: { maxBytes: 1e9, segmentBytes: 1, maxDays: 30, minFreeBytes: 0 },
    });
    const client = await connect(url, { clean: false, clientId: 'thermometer' });
    await client.publishAsync('caretaker/hall/temp_c', '1', { qos: 1 });
    const status = await statusOf(rigged!);
    const folder = path.join(directory, 'edge', 'journal', status.journal.id);
    const next = path.join(folder, '0000000000000002.seg');
    await symlink('/dev/full', next);
    let acknowledged = false;
    const closed = closing(client);
    const wait = client.publishAsync('caretaker/hall/temp_c', '2', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await closed;
    expect(acknowledged).toBe(false);
    await unlink(next);
    await wait;
    const readings = await journalled();
    expect(readings.map((reading) => reading.value)).toEqual([1, 2]);
  });

  it('marks as history what was measured long before it came', async () => {
    const { url } = await start();
    const client = await connect(url);
    const at = Date.now() - 3 * 86_400_000;
    await client.publishAsync('caretaker/hall', JSON.stringify({ at, temp_c: 20 }), { qos: 1 });
    expect(await journalled()).toMatchObject([{ at, history: true }]);
  });

  it('keeps a will like any message', async () => {
    const { url } = await start();
    const will = { topic: 'caretaker/gate/fault', payload: Buffer.from('true'), qos: 2 as const };
    const client = await connect(url, { will, reconnectPeriod: 0 });
    client.stream.destroy();
    await vi.waitFor(async () => expect((await statusOf(rigged!)).journal.newest).toBe(1), patient);
    expect(await journalled()).toMatchObject([{ point: 'gate/fault', value: true }]);
  });
});

describe('QoS 2', () => {
  it('journals a message once, however often its PUBLISH is repeated', async () => {
    const { mqttPort } = await start();
    const { received, send } = await rawDevice(mqttPort);
    const first = publish(5, 'caretaker/hall/temp_c', '20');
    // In one chunk, so that both come to the broker before the first is on disk; then once more after it.
    send(first, { ...first, dup: true } as Packet);
    await vi.waitFor(
      () => expect(received.filter((packet) => packet.cmd === 'pubrec')).toHaveLength(2),
      patient,
    );
    send(publish(5, 'caretaker/hall/temp_c', '20', true));
    await vi.waitFor(
      () => expect(received.filter((packet) => packet.cmd === 'pubrec')).toHaveLength(3),
      patient,
    );
    send({ cmd: 'pubrel', messageId: 5 });
    await vi.waitFor(() => expect(received.at(-1)?.cmd).toBe('pubcomp'), patient);
    // After the handshake the id is free for a new message.
    send(publish(5, 'caretaker/hall/temp_c', '21'));
    await vi.waitFor(() => expect(received.at(-1)?.cmd).toBe('pubrec'), patient);
    expect((await journalled()).map((reading) => reading.value)).toEqual([20, 21]);
  });

  it('never answers a repeat before the first is on disk', async () => {
    const events: string[] = [];
    const { mqttPort } = await start({}, { reach: (name) => events.push(name) });
    const { socket, send, received } = await rawDevice(mqttPort);
    socket.on('data', () => events.push('answer'));
    const first = publish(9, 'caretaker/hall/temp_c', '20');
    send(first, { ...first, dup: true } as Packet);
    await vi.waitFor(
      () => expect(received.filter((packet) => packet.cmd === 'pubrec')).toHaveLength(2),
      patient,
    );
    expect(events.indexOf('answer')).toBeGreaterThan(events.indexOf('edge.after-sync'));
  });
});

describe('unstamped readings', () => {
  it('get strictly increasing times per point, also over a restart', async () => {
    const first = await start();
    const client = await connect(first.url);
    const burst = (url: MqttClient) =>
      Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          url.publishAsync('caretaker/hall/temp_c', String(n % 50), { qos: 1 }),
        ),
      );
    await burst(client);
    await client.endAsync();
    await stop();
    const second = await start();
    await burst(await connect(second.url));
    const times = (await journalled()).map((reading) => reading.at);
    expect(times).toHaveLength(400);
    expect(times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0))).toBe(true);
  });
});

describe('bad messages', () => {
  const bad: [string, string, string][] = [
    ['caretaker/hall', 'not json', 'DECODE_NOT_JSON'],
    ['caretaker/hall', '{"temp_c":"warm"}', 'DECODE_WRONG_TYPE'],
    ['caretaker/hall', '{"temp_c":9000}', 'DECODE_IMPLAUSIBLE'],
    ['caretaker/nobody', '{"temp_c":1}', 'DECODE_UNKNOWN_POINT'],
    ['caretaker/hall', '{"at":4070908800000,"temp_c":1}', 'DECODE_TIME_FUTURE'],
    ['caretaker/hall', '{"at":1700000000,"temp_c":1}', 'DECODE_TIME_SECONDS'],
  ];

  it.each([0, 1, 2] as const)('are put aside and acknowledged at QoS %i', async (qos) => {
    const { url } = await start();
    const client = await connect(url);
    let dropped = 0;
    client.on('close', () => {
      dropped += 1;
    });
    for (const [topic, payload] of bad) await client.publishAsync(topic, payload, { qos });
    await client.publishAsync('caretaker/hall/temp_c', '21', { qos: 1 });
    expect(dropped).toBe(0);
    await vi.waitFor(
      async () => expect((await statusOf(rigged!)).quarantine.total).toBe(bad.length),
      patient,
    );
    expect(await journalled()).toMatchObject([{ value: 21 }]);
  });

  it('lose nothing of what is good in them', async () => {
    const { url } = await start();
    const client = await connect(url);
    const mixed = { door: 'open', slam_db: 'loud', colour: 'red' };
    await client.publishAsync('caretaker/gate', JSON.stringify(mixed), { qos: 1 });
    expect((await statusOf(rigged!)).quarantine.total).toBe(2);
    expect(await journalled()).toMatchObject([{ point: 'gate/door', value: 'open' }]);
  });

  it('are conflicts when a device gives one instant two values; the first stays', async () => {
    const { url } = await start();
    const client = await connect(url);
    const at = Date.now() - 1_000;
    for (const temp_c of [20, 21, 20]) {
      await client.publishAsync('caretaker/hall', JSON.stringify({ at, temp_c }), { qos: 1 });
    }
    expect((await statusOf(rigged!)).quarantine.total).toBe(1);
    expect((await journalled()).map((reading) => reading.value)).toEqual([20, 20]);
  });
});

describe('hostile clients', () => {
  it('may not publish under $SYS', async () => {
    const { url } = await start();
    const client = await connect(url, { reconnectPeriod: 0 });
    const closed = closing(client);
    client.publish('$SYS/broker/uptime', '1', { qos: 1 }, () => {});
    await closed;
    expect((await statusOf(rigged!)).ingest.messages).toBe(0);
  });

  it('are cut off when they announce 200 MB, and only they', async () => {
    const { url, mqttPort } = await start();
    const good = await connect(url);
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 3; round += 1) {
      const { socket } = await rawDevice(mqttPort);
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.write(Buffer.from([0x32, 0x80, 0x84, 0xaf, 0x5f]));
      socket.write(Buffer.alloc(100_000));
      await closed;
    }
    // Room for it would count here before it is filled; resident memory also grows by what Node compiles.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect((await statusOf(rigged!)).broker).toMatchObject({ clients: 1, cutOff: 3 });
    await good.publishAsync('caretaker/hall/temp_c', '20', { qos: 1 });
    expect(await journalled()).toHaveLength(1);
  });
});

it('passes messages on as any broker does: live, and what was retained', async () => {
  const { url } = await start();
  const sender = await connect(url);
  await sender.publishAsync('caretaker/hall/temp_c', '18', { qos: 1, retain: true });
  const seen: string[] = [];
  const panel = await connect(url);
  panel.on('message', (topic, payload) => seen.push(`${topic} ${payload}`));
  await panel.subscribeAsync('caretaker/+/temp_c', { qos: 1 });
  await vi.waitFor(() => expect(seen).toEqual(['caretaker/hall/temp_c 18']), patient);
  for (const qos of [0, 1, 2] as const) {
    await sender.publishAsync('caretaker/bin/fill_pct', '50', { qos });
    await sender.publishAsync('caretaker/hall/temp_c', `2${qos}`, { qos });
  }
  await vi.waitFor(() => expect(seen).toHaveLength(4), patient);
  expect(seen.slice(1)).toEqual([0, 1, 2].map((qos) => `caretaker/hall/temp_c 2${qos}`));
});

it('refuses to start twice on one folder', async () => {
  await start();
  await mkdir(directory, { recursive: true });
  await expect(startEdge(directory)).rejects.toMatchObject({ code: 'EDGE_DATA_IN_USE' });
});
