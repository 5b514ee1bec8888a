import type { Discovery, GatewayAccess, Page } from '@caretaker/cloud/contract';
import { expect, it } from 'vitest';
import { ask } from '../src/product/api.ts';
import { edgeDiscovered } from '../src/product/edge-status.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

const eui = '24e124136b502217';
const topic = `application/7/device/${eui}/event/up`;

/** What a bin sensor says through ChirpStack, each time in an uplink of its own. */
async function uplink(product: Product, counter: number, distance: number): Promise<void> {
  const said = {
    deduplicationId: `00000000-0000-4000-8000-00000000000${counter}`,
    deviceInfo: { applicationId: '7', deviceName: 'Plaza bin 2', devEui: eui },
    ...{ fCnt: counter, fPort: 85, rxInfo: [{ rssi: -97, snr: 6.5 }] },
    object: { battery: 92, temperature: 25.7, distance, position: 'normal' },
  };
  const { port } = new URL(product.sandbox.mqttUrl);
  await mosquittoPublish(Number(port), topic, JSON.stringify(said));
}

it('a device that nobody knew is found, confirmed in the cloud, and its next message is a reading', async () => {
  await withProduct(smallEstate, async (product) => {
    await uplink(product, 1, 2_116);
    expect(await edgeDiscovered(product.sandbox)).toEqual([topic]);
    let found: Discovery | undefined;
    await until('the cloud lists the device', async () => {
      const { items } = await ask<Page<Discovery>>(product.sandbox, '/api/discovery?state=waiting');
      found = items.find(({ device }) => device === eui);
      return found !== undefined;
    });
    expect(found?.suggestion).toMatchObject({ preset: 'milesight/em400-mud', kind: 'bin' });
    await ask(product.sandbox, `/api/discovery/${found?.id}/confirm`, {});
    await until('the gateway follows', async () => {
      const { items } = await ask<Page<GatewayAccess>>(product.sandbox, '/api/gateways');
      const { version = null, running = null } = items[0]?.bundle ?? {};
      return version !== null && version > 1 && running === version;
    });
    await uplink(product, 2, 1_601);
    await until('the cloud shows its values', async () => {
      const points = await product.api.points();
      const value = (id: string) => points.find((point) => point.id === id)?.value;
      return (
        value('court/plaza-bin-2/distance_cm') === 160.1 &&
        value('court/plaza-bin-2-sensor/battery_pct') === 92
      );
    });
    expect(await edgeDiscovered(product.sandbox)).toEqual([]);
  });
});
