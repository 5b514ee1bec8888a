import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mosquitto, patient, TestBroker } from '@caretaker/readings/testing';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Rigged, startEdge, statusOf } from '../testing.ts';

let directory: string;
let broker: TestBroker;
let rigged: Rigged | null = null;
let client: MqttClient;
let heard: Map<string, string>;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'caretaker-outward-'));
  heard = new Map();
});
afterEach(async () => {
  await client.endAsync(true);
  await rigged?.edge.stop();
  await broker.remove();
  await rm(directory, { recursive: true });
});

const hears = (topic: string, text: string) =>
  vi.waitFor(() => expect(heard.get(topic)).toContain(text), patient);

describe.skipIf(mosquitto === undefined)("on somebody else's broker", () => {
  it('events are said, never taken for devices, and said again when that broker has lost them', async () => {
    broker = await new TestBroker().start();
    client = await connectAsync(broker.url, { reconnectPeriod: 50 });
    client.on('error', () => {});
    client.on('message', (topic, payload) => void heard.set(topic, payload.toString()));
    await client.subscribeAsync(['ctk-events/#', 'homeassistant/#'], { qos: 1 });
    rigged = await startEdge(directory, {
      external: { url: broker.url, topics: ['#'] },
      outward: { discovery: { prefix: 'homeassistant', language: 'en' } },
    });
    const gateway = 'ctk-events/1/yard/gateway/yard-1';
    await hears(gateway, '"online"');
    await client.publishAsync('caretaker/hall', '{"temp_c":21}', { qos: 1 });
    await hears('ctk-events/1/yard/state/hall', '"value":21');
    await hears('homeassistant/device/ctk_yard-1_hall/config', '"Caretaker"');
    const { ingest, quarantine } = await statusOf(rigged);
    expect([ingest.messages, quarantine.total]).toEqual([1, 0]);
    // Without persistence it forgets what is retained.
    await broker.kill();
    heard.clear();
    await broker.start();
    await hears(gateway, '"online"');
    await hears('ctk-events/1/yard/state/hall', '"value":21');
    await hears('homeassistant/device/ctk_yard-1_hall/config', '"Caretaker"');
    await rigged.edge.stop();
    rigged = null;
    await hears(gateway, '"offline"');
  });
});
