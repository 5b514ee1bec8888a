import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/product/command.ts';
import { gatewayCode } from '../src/product/enrolment.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

const start = Date.now() - 600_000;

async function publish({ sandbox }: Product, minute: number): Promise<void> {
  const device = await mqtt.connectAsync(sandbox.mqttUrl);
  const payload = JSON.stringify({ at: start + minute * 60_000, fill_pct: 40 + minute });
  await device.publishAsync('caretaker/plaza-bin', payload, { qos: 1 });
  await device.endAsync();
}

async function arrived({ api }: Product, count: number): Promise<void> {
  await until(`${count} readings have arrived`, async () => {
    const { series } = await api.readings('court/plaza-bin/fill_pct', start, start + 600_000, 1);
    return series.buckets.reduce((sum, { n }) => sum + n, 0) === count;
  });
}

async function caretaker(product: Product, args: string[], env: Record<string, string> = {}) {
  const command = runCommand(args, { ...product.sandbox.environment, ...env });
  expect([await command.gone, command.output()]).toEqual([0, expect.anything()]);
}

describe('a gateway that is revoked while it runs', () => {
  it('keeps its readings, and delivers them when an operator has let it in again', async () => {
    await withProduct(smallEstate, async (product) => {
      await publish(product, 0);
      await arrived(product, 1);
      await caretaker(product, ['gateway', 'revoke', 'court-1']);
      const refused = 'The cloud refuses the key of this gateway';
      await until('it says so', () => product.parts.edge.output().includes(refused));
      expect((await fetch(`${product.sandbox.edgeUrl}/readyz`)).status).toBe(503);
      await publish(product, 1);
      // Neither a restart nor its old key brings it back.
      await product.parts.edge.kill();
      await product.restart('edge');
      await until('it says so again', () => product.parts.edge.output().includes(refused));
      const code = await gatewayCode(product.sandbox, 'court-1');
      const { CARETAKER_CLOUD_URL: url = '' } = product.sandbox.environment;
      const enrol = ['gateway', 'enrol', '--cloud', url];
      await caretaker(product, enrol, { CARETAKER_ENROL_CODE: code });
      await arrived(product, 2);
      expect((await fetch(`${product.sandbox.edgeUrl}/readyz`)).status).toBe(200);
      await caretaker(product, ['gateway', 'rotate']);
      await publish(product, 2);
      await arrived(product, 3);
    });
  });
});
