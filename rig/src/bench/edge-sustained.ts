import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { edgeStatus } from '../product/edge-status.ts';
import { type StartedProduct, startProduct } from '../product/product.ts';
import { findBinary } from '../servers/binary.ts';
import { startInflux1 } from '../servers/influx1.ts';
import { until } from '../servers/process.ts';
import { estateText } from './edge-estate.ts';
import type { Shape } from './edge-ingest.ts';
import type { LoadNews, LoadOrder } from './edge-load.ts';
import { child, news } from './edge-process.ts';

/** What the rate is with: the parts that keep up. */
export function partsOf(): string {
  const history = findBinary('influxd') === null ? 'no history' : 'InfluxDB 1.x';
  return `${history}, local rules, uplink to a cloud`;
}

/**
 * Readings a second that a gateway takes, writes to its history, judges and sends, and that a cloud beside it on
 * the same machine has accepted: from the first message until all of them have done with all.
 */
export async function measureSustained(shape: Shape): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'caretaker-bench-'));
  const influxd = findBinary('influxd');
  const influx = influxd === null ? null : await startInflux1(influxd, folder);
  const estate = path.join(folder, 'estate.yaml');
  await writeFile(estate, estateText(shape.connections));
  const environment = influx === null ? {} : { INFLUX_URL: influx.url };
  const product = await startProduct(estate, { environment });
  const loader = child('./edge-load.ts');
  try {
    const settled = settledOf(product);
    const messages = shape.warmUp + shape.measured;
    loader.send({ ...shape, port: product.sandbox.mqttPort } satisfies LoadOrder);
    const started = performance.now();
    await news<LoadNews>(loader);
    await news<LoadNews>(loader);
    await until('everybody has kept up', () => settled(messages), 300_000, 20);
    return (messages / (performance.now() - started)) * 1_000;
  } finally {
    loader.kill();
    await product.end();
    await influx?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function settledOf({ sandbox }: StartedProduct): (messages: number) => Promise<boolean> {
  return async (messages) => {
    const { journal, uplink, history, rules } = await edgeStatus(sandbox);
    const pending = uplink.pending + (history?.pending ?? 0) + (rules?.pending ?? 0);
    return journal.newest >= messages && pending === 0;
  };
}
