import type {
  EstateChanged,
  EstateDefinition,
  GatewayAccess,
  Page,
} from '@caretaker/cloud/contract';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { scriptHeaders } from '../src/product/person.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

const bin = {
  ...{ id: 'yard-bin', name: 'Yard bin', kind: 'bin', touchpoint: 'TP23', place: 'Yard' },
  points: ['fill_pct'],
};
const mapping = {
  ...{ topic: 'yard/bin/1', format: 'json', asset: 'yard-bin' },
  fields: [{ path: 'level', metric: 'fill_pct' }],
};

async function ask<T>({ sandbox }: Product, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { ...scriptHeaders(sandbox), 'idempotency-key': crypto.randomUUID() };
  const json = init.body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(sandbox.httpUrl + path, { ...init, headers: { ...headers, ...json } });
  const text = await answer.text();
  expect(answer.ok, text).toBe(true);
  return (text === '' ? null : JSON.parse(text)) as T;
}

const post = <T>(product: Product, path: string, body: object) =>
  ask<T>(product, path, { method: 'POST', body: JSON.stringify(body) });

async function bundle(product: Product) {
  const { items } = await ask<Page<GatewayAccess>>(product, '/api/gateways');
  return items[0]?.bundle ?? null;
}

/** Waits until the gateway runs the newest configuration, and that is another than before. */
async function follows(product: Product, before: number): Promise<number> {
  let version = before;
  await until(`the gateway follows configuration ${before + 1}`, async () => {
    const now = await bundle(product);
    version = now?.version ?? 0;
    return version > before && now?.running === version;
  });
  return version;
}

async function level(product: Product, value: number): Promise<void> {
  const device = await mqtt.connectAsync(product.sandbox.mqttUrl);
  await device.publishAsync(mapping.topic, JSON.stringify({ level: value }), { qos: 1 });
  await device.endAsync();
}

const shows = (product: Product, value: number) =>
  until(`the cloud shows ${value}`, async () => {
    const points = await product.api.points();
    return points.find(({ id }) => id === 'court/yard-bin/fill_pct')?.value === value;
  });

describe('a gateway and its cloud', () => {
  it('agree on a new asset without a restart, and the gateway keeps it while the cloud is away', async () => {
    await withProduct(smallEstate, async (product) => {
      const first = await follows(product, 0);
      const path = '/api/estates/court';
      const { revision } = await ask<EstateDefinition>(product, `${path}/definition`);
      const edit = { revision, assets: [bin], mappings: [mapping] };
      await post<EstateChanged>(product, `${path}/changes`, edit);
      await follows(product, first);
      await level(product, 41);
      await shows(product, 41);
      await product.without('cloud', async () => {
        await product.parts.edge.kill();
        await product.restart('edge');
        await level(product, 42);
      });
      await shows(product, 42);
      expect(await product.api.quarantine()).toEqual([]);
    });
  });

  it('agree on who may speak: a credential that the cloud gave lets a device in, until it is revoked', async () => {
    await withProduct(
      smallEstate,
      async (product) => {
        const first = await follows(product, 0);
        const path = '/api/gateways/court-1/credentials';
        const { secret } = await post<{ secret: string }>(product, path, {
          ...{ kind: 'device', id: 'plaza', assets: ['plaza-bin'] },
        });
        const second = await follows(product, first);
        const device = await mqtt.connectAsync(product.sandbox.mqttUrl, {
          ...{ username: 'plaza', password: secret, reconnectPeriod: 0 },
        });
        const gone = new Promise<void>((done) => device.once('close', () => done()));
        await device.publishAsync('caretaker/plaza-bin', '{"fill_pct": 33}', { qos: 1 });
        await ask(product, `${path}/plaza`, { method: 'DELETE' });
        await gone;
        await follows(product, second);
      },
      { environment: { CARETAKER_MQTT_ANONYMOUS: '0' } },
    );
  });
});
