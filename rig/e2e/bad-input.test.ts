import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

const bad: readonly (readonly [code: string, topic: string, payload: string])[] = [
  ['DECODE_NOT_JSON', 'caretaker/lift-a', '{"trapped": tru'],
  ['DECODE_WRONG_TYPE', 'caretaker/lift-a', '{"floor": {"number": 4}}'],
  ['DECODE_UNKNOWN_POINT', 'caretaker/north-gate', '{"altitude": 4}'],
  ['DECODE_TIME_FUTURE', 'caretaker/north-gate', `{"at": ${Date.UTC(2099, 0)}, "slam_db": 50}`],
  ['DECODE_TIME_SECONDS', 'caretaker/plaza-bin', '{"at": 1770000000, "fill_pct": 50}'],
];

async function latest({ api }: Product, point: string): Promise<unknown> {
  return (await api.points()).find(({ id }) => id === point)?.value;
}

function client({ sandbox }: Product): Promise<MqttClient> {
  return mqtt.connectAsync(sandbox.mqttUrl, { clientId: 'clumsy', reconnectPeriod: 0 });
}

/** Resident memory of a process, bytes. */
function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

it('keeps bad messages aside with a reason, and the device that sent them connected', async () => {
  await withProduct(smallEstate, async (product) => {
    const device = await client(product);
    let closed = false;
    device.on('close', () => {
      closed = true;
    });
    for (const [, topic, payload] of bad) {
      for (let i = 0; i < 3; i += 1) await device.publishAsync(topic, payload, { qos: 1 });
    }
    await device.publishAsync('caretaker/plaza-bin', '{"fill_pct": 41}', { qos: 1 });
    expect(closed, 'the device was never disconnected').toBe(false);
    await until('the good message arrives', async () => {
      return (await latest(product, 'court/plaza-bin/fill_pct')) === 41;
    });
    await until('the whole quarantine is told to the cloud', async () => {
      const told = await product.api.quarantine();
      return told.reduce((sum, { count }) => sum + count, 0) >= bad.length * 3;
    });
    const entries = await product.api.quarantine();
    for (const [code, topic, payload] of bad) {
      const entry = entries.find((one) => one.code === code);
      expect(entry, code).toMatchObject({ topic, client: 'clumsy', count: 3, gateway: 'court-1' });
      expect(entry?.reason.length).toBeGreaterThan(10);
      expect(Buffer.from(entry?.sample ?? '', 'base64').toString()).toBe(payload);
    }
    await device.endAsync();
  });
});

/** Says that a packet of 200 MB follows, sends a little of it and waits. */
function announce(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const hello = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: 'flood',
      keepalive: 0,
    });
    socket.write(hello);
    socket.once('data', () => {
      // PUBLISH, QoS 1, remaining length 200 MB in MQTT's own form [MQTT-2.2.3].
      socket.write(Buffer.from([0x32, 0x80, 0x84, 0xaf, 0x5f]));
      socket.write(Buffer.alloc(64 * 1024, 1));
      resolve(socket);
    });
  });
}

it('cuts off a client that announces 200 MB, without collecting it', async () => {
  await withProduct(smallEstate, async (product) => {
    const pid = product.parts.edge.pid;
    const device = await client(product);
    await device.publishAsync('caretaker/plaza-bin', '{"fill_pct": 12}', { qos: 1 });
    const before = memoryOf(pid);
    const socket = await announce(product.sandbox.mqttPort);
    let cut = false;
    socket.once('close', () => {
      cut = true;
    });
    // What a client pours in if nobody stops it.
    const chunk = Buffer.alloc(256 * 1024, 1);
    for (let i = 0; i < 400 && !cut && socket.writable; i += 1) {
      await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    }
    await until('the connection is cut', () => cut);
    // Far more than Node itself grows by meanwhile, and far less than was poured in.
    expect(memoryOf(pid) - before).toBeLessThan(30_000_000);
    await device.publishAsync('caretaker/plaza-bin', '{"fill_pct": 13}', { qos: 1 });
    await device.endAsync();
  });
});
