import type {
  EstateChanged,
  EstateDefinition,
  GatewayAccess,
  Page,
} from '@caretaker/cloud/contract';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { ask } from '../src/product/api.ts';
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

async function bundle(product: Product) {
  const { items } = await ask<Page<GatewayAccess>>(product.sandbox, '/api/gateways');
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
      const { revision } = await ask<EstateDefinition>(product.sandbox, `${path}/definition`);
      const edit = { revision, assets: [bin], mappings: [mapping] };
      await ask<EstateChanged>(product.sandbox, `${path}/changes`, edit);
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
        const { secret } = await ask<{ secret: string }>(product.sandbox, path, {
          ...{ kind: 'device', id: 'plaza', assets: ['plaza-bin'] },
        });
        const second = await follows(product, first);
        const device = await mqtt.connectAsync(product.sandbox.mqttUrl, {
          ...{ username: 'plaza', password: secret, reconnectPeriod: 0 },
        });
        const gone = new Promise<void>((done) => device.once('close', () => done()));
        await device.publishAsync('caretaker/plaza-bin', '{"fill_pct": 33}', { qos: 1 });
        await ask(product.sandbox, `${path}/plaza`, undefined, 'DELETE');
        await gone;
        await follows(product, second);
      },
      { environment: { CARETAKER_MQTT_ANONYMOUS: '0' } },
    );
  });
});
