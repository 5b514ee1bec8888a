import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

const point = 'court/plaza-bin/fill_pct';
const start = Date.now() - 600_000;

/** Segment files of the journal, oldest first. */
function segments(folder: string): string[] {
  const journal = join(folder, 'edge/journal');
  return readdirSync(journal, { recursive: true, encoding: 'utf8' })
    .map((name) => join(journal, name))
    .filter((file) => statSync(file).isFile() && /seg/.test(file))
    .toSorted();
}

function newestSegment(folder: string): string {
  const file = segments(folder).at(-1);
  if (file === undefined) throw new Error('the journal has no segment');
  return file;
}

const damages: Record<string, (folder: string) => void> = {
  'a flipped byte': (folder) => {
    const file = newestSegment(folder);
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
  },
  'a cut tail': (folder) => {
    const file = newestSegment(folder);
    truncateSync(file, statSync(file).size - 20);
  },
  'a missing segment': (folder) => unlinkSync(newestSegment(folder)),
};

async function publish({ sandbox }: Product, from: number, count: number): Promise<void> {
  const device = await mqtt.connectAsync(sandbox.mqttUrl);
  for (let i = from; i < from + count; i += 1) {
    const payload = JSON.stringify({ at: start + i * 1000, fill_pct: i % 90 });
    await device.publishAsync('caretaker/plaza-bin', payload, { qos: 1 });
  }
  await device.endAsync();
}

async function count({ api }: Product): Promise<number> {
  const { series } = await api.readings(point, start, start + 600_000, 10);
  return series.buckets.reduce((sum, { n }) => sum + n, 0);
}

describe('damage to the journal of a stopped gateway', () => {
  it.each(Object.keys(damages))('%s is reported, and no new reading is dropped', async (name) => {
    await withProduct(smallEstate, async (product) => {
      await publish(product, 0, 50);
      await until('the first readings are in the cloud', async () => (await count(product)) === 50);
      // Without the cloud the journal must keep what comes now.
      await product.parts.cloud.stop();
      await publish(product, 50, 100);
      await product.parts.edge.stop();
      damages[name]?.(product.sandbox.folder);

      await product.restart('cloud');
      await product.restart('edge');
      await publish(product, 150, 50);
      await until('every new reading is in the cloud', async () => {
        const { series } = await product.api.readings(point, start + 150_000, start + 200_000, 1);
        return series.buckets[0]?.n === 50;
      });
      await until('the loss is reported', async () => {
        const gateways = (await product.api.estates()).flatMap((estate) => estate.gateways);
        return gateways.some(({ losses }) => losses > 0);
      });
      expect(await count(product)).toBeLessThanOrEqual(200);
    });
  });
});
