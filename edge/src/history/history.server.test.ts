import { randomUUID } from 'node:crypto';
import { describeSeries } from '@caretaker/devices/model';
import { createInflux1Readings } from '@caretaker/readings/influx1';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, testEstate } from '../testing.ts';

const url = inject('influx1Url');

describe.skipIf(url === null)('local history in InfluxDB 1.x', () => {
  const influxUrl = url ?? '';
  // The database carries the estate's name: one of its own for this suite.
  const estate = testEstate(`yard-${randomUUID().slice(0, 8)}`);
  const database = `caretaker_${estate.id}`;
  const store = createInflux1Readings({
    url: influxUrl,
    database,
    describe: describeSeries([estate]),
  });
  let directory: string;
  let remove: () => Promise<void>;
  let rigged: Rigged | null = null;

  beforeEach(async () => {
    ({ directory, remove } = await scratch());
    await store.start();
  });
  afterEach(async () => {
    await rigged?.edge.stop();
    await store.stop();
    await fetch(`${influxUrl}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `DROP DATABASE "${database}"` }),
    });
    await remove();
  });

  it('takes every reading, also those that came while it was away', async () => {
    const cloud = new FakeCloud();
    const uplinkUrl = await cloud.start();
    // Nobody listens there: the journal must hold what even the cloud has already accepted.
    rigged = await startEdge(directory, {
      estate,
      uplinkUrl,
      influxUrl: 'http://127.0.0.1:9',
    });
    const first = await device(rigged.url);
    const at = Date.now() - 10_000;
    const publish = (client: typeof first, n: number) =>
      client.publishAsync('caretaker/hall', JSON.stringify({ at: at + n, temp_c: n }), { qos: 1 });
    for (let n = 1; n <= 5; n += 1) await publish(first, n);
    await vi.waitFor(() => expect(cloud.readings).toHaveLength(5), patient);
    await first.endAsync();
    await rigged.edge.stop();
    rigged = await startEdge(directory, { estate, uplinkUrl, influxUrl });
    const second = await device(rigged.url);
    for (let n = 6; n <= 8; n += 1) await publish(second, n);
    await vi.waitFor(async () => {
      const held = await store.range(`${estate.id}/hall/temp_c`, 0, Date.now() + 1_000);
      expect(held.map((reading) => reading.value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }, patient);
    await second.endAsync();
    await cloud.stop();
  });
});
