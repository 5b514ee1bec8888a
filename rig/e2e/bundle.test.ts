import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { EstateDefinition, GatewayAccess, Page } from '@caretaker/cloud/contract';
import { freePort } from '@caretaker/readings/testing/free-port';
import { describe, expect, it } from 'vitest';
import { ask } from '../src/product/api.ts';
import { edgeStatus } from '../src/product/edge-status.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

/** A line to the cloud on which somebody changes the configuration that goes by. */
class Tampered {
  forging = false;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(target: number) {
    this.#target = target;
  }

  async start(port: number): Promise<void> {
    const server = createServer((near) => {
      const far = createConnection(this.#target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      near.pipe(far);
      far.on('data', (chunk: Buffer) => near.write(this.forging ? changed(chunk) : chunk));
    });
    this.#server = server;
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#server?.close(done));
  }
}

/** One letter of what was signed becomes another, where a configuration begins. */
function changed(chunk: Buffer): Buffer {
  const mark = '"signed":"';
  const begin = chunk.indexOf(mark);
  if (begin < 0) return chunk;
  const at = begin + mark.length + 40;
  const other = Buffer.from(chunk);
  other[at] = other[at] === 0x41 ? 0x42 : 0x41;
  return other;
}

const configuration = async ({ sandbox }: Product) => (await edgeStatus(sandbox)).configuration;
const runs = (product: Product, version: number) =>
  until(`the gateway runs version ${version}`, async () => {
    return (await configuration(product)).version === version;
  });

/** Somebody adds a bin in the cloud that a device speaks for on a topic of its own. */
async function addBin({ sandbox }: Product, id: string): Promise<void> {
  const path = '/api/estates/court';
  const { revision } = await ask<EstateDefinition>(sandbox, `${path}/definition`);
  const bin = {
    id,
    name: id,
    kind: 'bin',
    touchpoint: 'TP23',
    place: 'Yard',
    points: ['fill_pct'],
  };
  const fields = [{ path: 'level', metric: 'fill_pct' }];
  await ask(sandbox, `${path}/changes`, {
    revision,
    assets: [bin],
    mappings: [{ topic: `yard/${id}`, format: 'json', asset: id, fields }],
  });
}

const say = ({ sandbox }: Product, id: string, level: number) =>
  mosquittoPublish(sandbox.mqttPort, `yard/${id}`, JSON.stringify({ level }));
const shows = ({ api }: Product, id: string, level: number) =>
  until(`${id} shows ${level}`, async () => {
    return (await api.points()).find((one) => one.id === `court/${id}/fill_pct`)?.value === level;
  });

describe('a configuration', () => {
  it(
    'that somebody tampers with on the way changes nothing, and both sides tell',
    async () => {
      const [cloudPort, port] = await Promise.all([freePort(), freePort()]);
      const line = new Tampered(cloudPort);
      await line.start(port);
      const environment = {
        CARETAKER_CLOUD_MQTT_PORT: String(cloudPort),
        CARETAKER_UPLINK_URL: `mqtt://127.0.0.1:${port}`,
      };
      const work = async (product: Product) => {
        await runs(product, 1);
        line.forging = true;
        await addBin(product, 'bin-9');
        await until('the gateway refuses it', async () => {
          const { notApplied } = await configuration(product);
          return notApplied?.code === 'READINGS_BUNDLE_FORGED';
        });
        expect(await configuration(product)).toMatchObject({ source: 'cloud', version: 1 });
        await until('the cloud knows', async () => {
          const { items } = await ask<Page<GatewayAccess>>(product.sandbox, '/api/gateways');
          const { running, answer } = items[0]?.bundle ?? {};
          return running === 1 && answer?.code === 'READINGS_BUNDLE_FORGED';
        });
        line.forging = false;
        line.cut();
        await runs(product, 2);
        await say(product, 'bin-9', 40);
        await shows(product, 'bin-9', 40);
      };
      try {
        await withProduct(smallEstate, work, { environment });
      } finally {
        await line.stop();
      }
    },
    6 * patienceMs,
  );
});
