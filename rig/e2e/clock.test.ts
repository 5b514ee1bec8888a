import { afterAll, beforeAll, expect, it } from 'vitest';
import { edgeStatus } from '../src/product/edge-status.ts';
import { describeWith } from '../src/product/needs.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { type StartedProduct, startProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;
const point = 'court/plaza-bin/temp_c';

describeWith({ binaries: ['mosquitto_pub'] }, 'a gateway whose clock', () => {
  let product: StartedProduct;

  beforeAll(async () => {
    product = await startProduct(smallEstate);
  });
  afterAll(async () => {
    await (product as StartedProduct | undefined)?.end();
  });

  const publish = (value: number) =>
    mosquittoPublish(product.sandbox.mqttPort, 'caretaker/plaza-bin/temp_c', String(value));

  const basis = async () => (await product.api.estates())[0]?.gateways[0]?.clock?.basis;

  /** The cloud has this value as the point's last. @returns when it was measured */
  async function last(value: number): Promise<number> {
    let at = 0;
    await until(`the cloud has ${value}`, async () => {
      const found = (await product.api.points()).find(({ id }) => id === point);
      at = found?.at ?? 0;
      return found?.value === value;
    });
    return at;
  }

  it('jumps a year ahead and back is believed in neither', async () => {
    await publish(20);
    await last(20);
    await until('the cloud knows the clock', async () => (await basis()) === 'clock');
    product.parts.edge.setClock(year);
    await publish(21);
    expect(await last(21)).toBeLessThan(Date.now() + 1_000);
    await until('the cloud shows it', async () => (await basis()) === 'held');
    const gateway = (await product.api.estates())[0]?.gateways[0];
    expect(gateway?.completeTo).toBeLessThan(Date.now() + 1_000);
    expect(Math.abs((gateway?.clock?.offsetMs ?? 0) - year)).toBeLessThan(10_000);
    product.parts.edge.setClock(0);
    await until('it is believed again', async () => (await basis()) === 'clock');
    await publish(22);
    expect(await last(22)).toBeLessThan(Date.now() + 1_000);
    expect(await product.api.quarantine()).toEqual([]);
    expect(await product.api.episodes()).toEqual([]);
  });

  it('starts in 1970 while its cloud is away delivers everything at its true time', async () => {
    const since = (await last(22)) + 1;
    await product.parts.cloud.stop();
    await product.parts.edge.stop();
    const settings = {
      RIG_BOOT: 'b'.repeat(32),
      RIG_CLOCK_AHEAD_MS: String(5_000 - Date.now()),
    };
    const { sandbox } = product;
    const environment = { ...sandbox.environment, ...settings };
    const edge: Part = await startPart('edge', { ...sandbox, environment });
    try {
      const before = Date.now();
      for (const value of [30, 31, 32]) await publish(value);
      const after = Date.now();
      const { uplink } = await edgeStatus(sandbox);
      expect(uplink.pending).toBe(3);
      await product.restart('cloud');
      const at = await last(32);
      expect(at).toBeGreaterThanOrEqual(before - 2_000);
      expect(at).toBeLessThanOrEqual(after + 2_000);
      const { series } = await product.api.readings(point, since, after + 5_000, 1);
      expect(series).toMatchObject({ buckets: [{ n: 3, min: 30, max: 32 }] });
      await until('it goes by the time of the cloud', async () => (await basis()) === 'cloud');
      expect(await product.api.quarantine()).toEqual([]);
    } finally {
      await edge.kill();
    }
  });
});
