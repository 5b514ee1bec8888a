import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { startPager } from '../src/product/pager.ts';
import type { KillAt } from '../src/product/parts.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

async function trapSomebody({ sandbox }: Product): Promise<void> {
  const device = await mqtt.connectAsync(sandbox.mqttUrl);
  await device.publishAsync('caretaker/lift-a', '{"trapped": true}', { qos: 1 });
  await device.endAsync();
}

/** Pages sent for one emergency, through a cloud that dies at the place named. */
async function pagesThrough(killAt: KillAt) {
  const pager = await startPager();
  try {
    await withProduct(
      smallEstate,
      async (product) => {
        await trapSomebody(product);
        expect(await product.parts.cloud.gone).toBe('SIGKILL');
        await product.restart('cloud');
        const seen = killAt.place === 'rig.page-accepted' ? 2 : 1;
        await until('the page has come', () => pager.kept.length >= seen);
        await until('the ticket is there', async () => (await product.api.tickets()).length === 1);
      },
      { killAt: { cloud: killAt }, environment: { RIG_PAGER_URL: pager.url } },
    );
    return [...pager.kept];
  } finally {
    await pager.stop();
  }
}

describe('the page of an emergency', () => {
  it('comes once when the cloud dies before it acknowledges the frame', async () => {
    const pages = await pagesThrough({ place: 'cloud.after-store-write', nth: 1 });
    expect(pages).toHaveLength(1);
    expect(pages[0]?.subject).toBe('court/lift-a');
  });

  it('repeats with the same key when the cloud dies between its acceptance and the note of it', async () => {
    const pages = await pagesThrough({ place: 'rig.page-accepted', nth: 1 });
    expect(pages).toHaveLength(2);
    expect(new Set(pages.map(({ key }) => key)).size).toBe(1);
  });

  it('is sent again until the provider accepts it', async () => {
    const pager = await startPager(2);
    try {
      await withProduct(
        smallEstate,
        async (product) => {
          await trapSomebody(product);
          await until('the page is accepted', () => pager.kept.length > 0);
        },
        { environment: { RIG_PAGER_URL: pager.url } },
      );
      expect(pager.kept).toHaveLength(1);
    } finally {
      await pager.stop();
    }
  });
});
