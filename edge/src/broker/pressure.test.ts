import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientLimits } from '../access/limits.ts';
import { CredentialStore } from '../access/store.ts';
import { scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge, statusOf } from '../testing.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;
const clients: MqttClient[] = [];
const sockets: net.Socket[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const socket of sockets.splice(0)) socket.destroy();
  await rigged.edge.stop();
  await remove();
});

async function connect(options = {}): Promise<MqttClient> {
  const client = await device(rigged.url, options);
  client.on('error', () => {});
  clients.push(client);
  return client;
}

/** Subscribes to everything and reads nothing from then on. */
async function deafListener(qos: 0 | 1, clientId: string): Promise<net.Socket> {
  const socket = net.connect(rigged.mqttPort, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const hello = { protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 } as const;
  const packets: Packet[] = [
    { cmd: 'connect', clientId, ...hello },
    { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos }] },
  ];
  for (const packet of packets) {
    socket.write(generate(packet));
    await once(socket, 'data');
  }
  socket.pause();
  return socket;
}

/** 64 MB, far more than the kernel keeps for one connection, by somebody who waits for each answer. */
async function publishMuch(): Promise<void> {
  const sender = await connect();
  const payload = Buffer.alloc(200_000);
  for (let n = 0; n < 320; n += 1) await sender.publishAsync('yard/x', payload, { qos: 1 });
}

describe('a subscriber that does not read', () => {
  it('holds nobody up, misses what there is no room for, and is cut off', async () => {
    rigged = await startEdge(directory);
    for (let n = 0; n < 4; n += 1) await deafListener(0, `deaf-${n}`);
    await publishMuch();
    expect((await statusOf(rigged)).broker.dropped).toBeGreaterThan(50);
    await vi.waitFor(async () => {
      expect((await statusOf(rigged)).broker).toMatchObject({ clients: 1, cutOff: 4 });
    }, patient);
  });

  it('is cut off sooner when it may miss nothing', async () => {
    rigged = await startEdge(directory);
    await deafListener(1, 'deaf');
    await publishMuch();
    const { broker } = await statusOf(rigged);
    expect(broker).toMatchObject({ clients: 1, cutOff: 1, dropped: 0 });
  });
});

describe('a device that sends faster than it may', () => {
  it('is slowed down, keeps its connection, and loses nothing', async () => {
    const store = new CredentialStore({
      directory: path.join(directory, 'edge'),
      clock: systemClock,
    });
    await store.start();
    const holder = { kind: 'device', assets: ['bin'] } as const;
    const { secret } = await store.add('bin', holder, systemClock.now());
    store.stop();
    rigged = await startEdge(directory);
    const { burst, perSecond } = clientLimits.device.messages;
    const client = await connect({ username: 'bin', password: secret });
    let closed = 0;
    client.on('close', () => {
      closed += 1;
    });
    // What a logger has kept while it was without network, and sends as fast as it can: two slices more than allowed.
    const beyond = 2 * 256;
    const started = performance.now();
    await Promise.all(
      Array.from({ length: burst + beyond }, (_, n) =>
        client.publishAsync('caretaker/bin/fill_pct', String(n % 100), { qos: 1 }),
      ),
    );
    // The last slice may still be taken into debt.
    expect(performance.now() - started).toBeGreaterThan(((beyond - 256) / perSecond) * 1_000);
    expect(closed).toBe(0);
    expect((await statusOf(rigged)).ingest.readings).toBe(burst + beyond);
  });
});

it('answers others at once while one sends without end', async () => {
  rigged = await startEdge(directory);
  const flood = net.connect(rigged.mqttPort, '127.0.0.1');
  sockets.push(flood);
  flood.on('error', () => {});
  flood.write(
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'flood',
      clean: true,
    }),
  );
  flood.resume();
  const one = generate({
    cmd: 'publish',
    topic: 'caretaker/bin/fill_pct',
    payload: '7',
    ...{ qos: 1, messageId: 7, dup: false, retain: false },
  } as Packet);
  const many = Buffer.concat(Array.from({ length: 2_000 }, () => one));
  let sent = 0;
  const pour = () => {
    do sent += 2_000;
    while (flood.write(many));
  };
  flood.on('drain', pour);
  pour();
  const client = await connect();
  for (let n = 0; n < 50; n += 1) {
    await client.publishAsync('caretaker/hall/temp_c', String(n), { qos: 1 });
  }
  const { readings } = (await statusOf(rigged)).ingest;
  // The flood was taken meanwhile too, and not all at once.
  expect(readings).toBeGreaterThan(1_000);
  expect(sent - readings).toBeGreaterThan(1_000);
});
