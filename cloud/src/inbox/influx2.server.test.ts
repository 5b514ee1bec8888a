import { randomUUID } from 'node:crypto';
import { breakableLine, patient } from '@caretaker/readings/testing';
import { describe, expect, inject, it, vi } from 'vitest';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const server = inject('influx2');
const t0 = Date.UTC(2026, 5, 1, 8);

describe.skipIf(server === null)('readings in a real InfluxDB 2.x', () => {
  const { url, token, organisation } = server ?? { url: '', token: '', organisation: '' };

  /** Both buckets go with their data. */
  async function drop(bucket: string): Promise<void> {
    const headers = { authorization: `Token ${token}` };
    for (const name of [bucket, `${bucket}_hourly`]) {
      const list = await fetch(`${url}/api/v2/buckets?org=${organisation}&name=${name}`, {
        headers,
      });
      const { buckets } = (await list.json()) as { buckets: { id: string }[] };
      for (const { id } of buckets) {
        await fetch(`${url}/api/v2/buckets/${id}`, { headers, method: 'DELETE' });
      }
    }
  }

  it('waits for it while it is away, and acknowledges a frame only when it is stored', async () => {
    const [folder, line] = [await temporaryFolder(), await breakableLine(url)];
    const bucket = `cloud_${randomUUID().replaceAll('-', '')}`;
    const run = await runCloud(
      configFor(folder.path, {
        INFLUX2_URL: line.url,
        INFLUX2_TOKEN: token,
        INFLUX2_ORG: organisation,
        INFLUX2_BUCKET: bucket,
      }),
    );
    try {
      const gateway = await GatewayPlayer.connect(run);
      await gateway.hello(3);
      const one = (n: number) => reading('bin-2/fill_pct', t0 + n, 60 + n);
      await gateway.send(1, [one(1)]);
      await gateway.untilAccepted(1);
      line.cut();
      await gateway.send(2, [one(2), one(3)]);
      const path = `/api/readings?point=court/bin-2/fill_pct&from=${t0}&to=${t0 + 10}&buckets=1`;
      await vi.waitUntil(async () => (await run.ask(path)).status === 503, patient);
      expect(Math.max(...gateway.acks.map(({ accepted }) => accepted))).toBe(1);
      line.repair();
      // As a gateway does that hears nothing.
      await gateway.send(2, [one(2), one(3)]);
      await gateway.untilAccepted(3);
      expect(await run.get(path)).toMatchObject({ series: { buckets: [{ n: 3, max: 63 }] } });
      expect(JSON.stringify(run.log)).not.toContain(token);
      await gateway.leave();
    } finally {
      await run.cloud.stop();
      await line.close();
      await drop(bucket);
      await folder.remove();
    }
  });
});
