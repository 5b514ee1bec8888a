import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describeSeries, loadEstate } from '@caretaker/devices/model';
import { createEdge, type Edge, readEdgeConfig } from '@caretaker/edge';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { createInflux1Readings } from '@caretaker/readings/influx1';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinary } from './binary.ts';
import { type PrivateInflux1, startInflux1 } from './influx1.ts';
import { until } from './process.ts';

const binary = findBinary('influxd');
const estateFile = join(import.meta.dirname, '../../e2e/small-estate.yaml');
const POINTS = ['plaza-bin/fill_pct', 'plaza-bin/temp_c', 'lift-a/floor', 'lift-b/floor'];
/** `CARETAKER_LONG=1`: a whole minute; else until the gateway says so. */
const outageMs = process.env.CARETAKER_LONG === '1' ? 60_000 : 0;

interface Sent {
  readonly point: string;
  readonly at: number;
  readonly value: number;
}

/** Devices that publish without a pause, and what of it was acknowledged. */
class Load {
  readonly acknowledged: Sent[] = [];
  readonly #clients: MqttClient[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  async start(port: number): Promise<void> {
    for (const _ of POINTS) this.#clients.push(await connectAsync(`mqtt://127.0.0.1:${port}`));
    const began = Date.now() - 3_600_000;
    this.#running = Promise.all(
      this.#clients.map((client, i) => this.#publish(client, POINTS[i] as string, began)),
    );
  }

  async #publish(client: MqttClient, point: string, began: number): Promise<void> {
    const [asset, metric] = point.split('/') as [string, string];
    for (let n = 0; !this.#stopped; n += 10) {
      const some = Array.from({ length: 10 }, (_, i) => ({
        point,
        at: began + n + i,
        value: (n + i) % 97,
      }));
      const sent = some.map(({ at, value }) =>
        client.publishAsync(`caretaker/${asset}`, JSON.stringify({ at, [metric]: value }), {
          qos: 1,
        }),
      );
      await Promise.all(sent);
      this.acknowledged.push(...some);
      // About 1,000 a second: a real estate has a tenth of it.
      await wait(40);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    for (const client of this.#clients) await client.endAsync();
  }
}

describe.skipIf(binary === null)('a gateway whose InfluxDB goes away under load', () => {
  let folder: string;
  let influx: PrivateInflux1;
  let edge: Edge;
  let ports: { mqttPort: number; httpPort: number };
  let load: Load;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caretaker-outage-'));
    influx = await startInflux1(binary ?? '', folder);
    const config = readEdgeConfig({
      CARETAKER_DATA: folder,
      CARETAKER_ESTATE: estateFile,
      CARETAKER_MQTT_PORT: '0',
      CARETAKER_EDGE_HTTP_PORT: '0',
      CARETAKER_MQTT_ANONYMOUS: '1',
      CARETAKER_UPLINK_URL: 'mqtt://127.0.0.1:9',
      CARETAKER_CLOUD_URL: 'http://127.0.0.1:9',
      INFLUX_URL: influx.url,
    });
    edge = createEdge(config, { clock: systemClock, log: silentLog });
    ports = await edge.start();
    load = new Load();
    await load.start(ports.mqttPort);
  });
  afterEach(async () => {
    await load.stop();
    await edge.stop();
    await influx.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(path: string): Promise<unknown> {
    const token = (await readFile(join(folder, 'edge/metrics-token'), 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${ports.httpPort}${path}`, { headers });
    return await answer.json();
  }

  async function status() {
    return (await ask('/status')) as {
      quarantine: { total: number };
      history: {
        healthy: boolean;
        pending: number;
        trouble: { code: string; since: number } | null;
      };
    };
  }

  async function more(readings: number): Promise<void> {
    const goal = load.acknowledged.length + readings;
    await until(`${readings} more readings`, () => load.acknowledged.length >= goal);
  }

  async function held(): Promise<Sent[]> {
    const estate = loadEstate(await readFile(estateFile, 'utf8'), estateFile);
    const store = createInflux1Readings({
      url: influx.url,
      database: `caretaker_${estate.id}`,
      describe: describeSeries([estate]),
    });
    await store.start();
    const all: Sent[] = [];
    for await (const batch of store.scan(0, Date.now() + 3_600_000)) {
      for (const { point, at, value } of batch) {
        all.push({ point: point.slice(estate.id.length + 1), at, value: Number(value) });
      }
    }
    await store.stop();
    return all;
  }

  it.each(['stop', 'kill'] as const)('%s: loses nothing and has nothing twice', async (how) => {
    for (let round = 0; round < 2; round += 1) {
      await more(500);
      await influx.halt(how);
      await until('the gateway says why', async () => (await status()).history.trouble !== null);
      const [{ history }, began] = [await status(), Date.now()];
      expect(history).toMatchObject({
        healthy: false,
        trouble: { code: 'READINGS_STORE_UNAVAILABLE' },
      });
      expect(history.trouble?.since).toBeLessThanOrEqual(began);
      // It takes devices' readings all the same: only the cloud, which has not let it in, is missed.
      expect(JSON.stringify(await ask('/readyz'))).not.toContain('READINGS_');
      await more(1_000);
      await until('the outage is long enough', () => Date.now() - began >= outageMs, 120_000);
      expect((await status()).history.pending).toBeGreaterThanOrEqual(1_000);
      await influx.start();
      await until('it takes readings again', async () => (await status()).history.healthy);
    }
    await more(500);
    await load.stop();
    await until('all is written', async () => (await status()).history.pending === 0);
    const order = (a: Sent, b: Sent) => a.at - b.at || (a.point < b.point ? -1 : 1);
    expect(await held()).toEqual(load.acknowledged.toSorted(order));
    expect((await status()).quarantine.total).toBe(0);
  });
});
