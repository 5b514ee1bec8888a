import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@caretaker/readings/base';
import { mosquitto, patient, TestBroker } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { examine } from '../doctor/index.ts';
import { FakeCloud, type Rigged, startEdge, statusOf, testEstateText } from '../testing.ts';

const run = promisify(execFile);

let directory: string;
let broker: TestBroker;
let cloud: FakeCloud;
let rigged: Rigged | null = null;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'caretaker-external-'));
  cloud = new FakeCloud();
});
afterEach(async () => {
  await rigged?.edge.stop();
  rigged = null;
  await cloud.stop();
  await broker.remove();
  await rm(directory, { recursive: true });
});

async function publish(topic: string, message: string, ...more: string[]): Promise<void> {
  const at = ['-h', '127.0.0.1', '-p', String(broker.port)];
  await run('mosquitto_pub', [...at, '-t', topic, '-m', message, ...more]);
}

const externalOf = () => ({ url: broker.url, topics: ['#'] });

describe.skipIf(mosquitto === undefined)('a gateway that reads a Mosquitto', () => {
  it('takes what its devices say there, also while it was away, and opens no port for them', async () => {
    broker = await new TestBroker(['max_queued_messages 0']).start();
    const uplinkUrl = await cloud.start();
    rigged = await startEdge(directory, { uplinkUrl, external: externalOf() });
    expect(rigged.mqttPort).toBe(0);
    await vi.waitUntil(async () => (await external()).connected, patient);
    const at = Date.now() - 60_000;
    const say = (n: number, qos: string) =>
      publish('caretaker/hall', JSON.stringify({ at: at + n, temp_c: n }), '-q', qos);
    await say(1, '0');
    await say(2, '1');
    await say(3, '2');
    await vi.waitFor(() => expect(cloud.readings).toHaveLength(3), patient);
    await rigged.edge.stop();
    await say(4, '1');
    await say(5, '2');
    rigged = await startEdge(directory, { uplinkUrl, external: externalOf() });
    await vi.waitFor(() => expect(cloud.readings).toHaveLength(5), patient);
    expect(cloud.readings.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5]);
  });

  it('makes no reading of a retained message without a time, and one of its time of one that has it', async () => {
    broker = await new TestBroker().start();
    const at = Date.now() - 60_000;
    await publish('caretaker/hall', '{"temp_c":17}', '-r', '-q', '1');
    await publish('caretaker/gate', JSON.stringify({ at, slam_db: 60 }), '-r', '-q', '1');
    const uplinkUrl = await cloud.start();
    rigged = await startEdge(directory, { uplinkUrl, external: externalOf() });
    await vi.waitUntil(async () => (await external()).connected, patient);
    await publish('caretaker/hall', '{"temp_c":18}', '-q', '1');
    await vi.waitFor(() => expect(cloud.readings).toHaveLength(2), patient);
    const said = cloud.readings.map(({ point, value }) => [point, value]);
    expect(said).toEqual([
      ['gate/slam_db', 60],
      ['hall/temp_c', 18],
    ]);
  });

  it('is told by its doctor what that broker may lose', async () => {
    broker = await new TestBroker().start();
    const estate = path.join(directory, 'yard.yaml');
    await writeFile(estate, testEstateText());
    const uplinkUrl = await cloud.start();
    rigged = await startEdge(directory, { uplinkUrl, external: externalOf() });
    await vi.waitUntil(async () => (await external()).connected, patient);
    const findings = await examine(
      {
        CARETAKER_DATA: directory,
        CARETAKER_ESTATE: estate,
        CARETAKER_EDGE_HTTP_PORT: String(rigged.httpPort),
        EDGE_MQTT_URL: broker.url,
      },
      systemClock,
    );
    const of = (code: string) => findings.find((one) => one.code === code);
    expect(of('BROKER_REACHED')?.message).toContain('mosquitto version 2.');
    expect(of('BROKER_MAY_LOSE')).toMatchObject({ state: 'warn' });
    expect(of('BROKER_MAY_LOSE')?.message).toContain('before it is on any disk');
    await broker.kill();
    const env = { CARETAKER_DATA: directory, CARETAKER_ESTATE: estate, EDGE_MQTT_URL: broker.url };
    const gone = await examine(env, systemClock);
    expect(gone.find(({ state }) => state === 'bad')?.code).toBeDefined();
    expect(gone.map(({ code }) => code)).toContain('EDGE_BROKER_UNREACHABLE');
  });
});

async function external(): Promise<{ connected: boolean; received: number }> {
  if (rigged === null) throw new Error('no gateway');
  const status: object = await statusOf(rigged);
  return (status as { external: { connected: boolean; received: number } }).external;
}
