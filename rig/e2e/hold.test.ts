import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { createApi } from '../src/product/api.ts';
import { PlayedGateway, played } from '../src/product/gateway.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { createSandbox } from '../src/product/sandbox.ts';
import { readStanding, untilJudged, withoutAbsences } from '../src/product/standing.ts';

const minute = 60_000;
const estate = join(import.meta.dirname, 'fence-estate.yaml');
const point = 'north-fence/fence_kv';
const subject = 'court/north-fence';
/** Kilovolts; `fence-voltage-high` opens when it stays above 10 for ten minutes. */
const good = 7;
const high = 11;

/** A cloud of its own under a played gateway, which decides when time passes. */
async function withCloud(use: (cloud: PlayedCloud) => Promise<void>): Promise<void> {
  const sandbox = await createSandbox(estate);
  const gateway = new PlayedGateway(sandbox, 'court-1');
  const parts: Part[] = [];
  const start = async () => {
    parts.push(await startPart('cloud', sandbox));
    await gateway.connect();
  };
  try {
    await start();
    await use({
      gateway,
      api: createApi(sandbox),
      async dieAndReturn() {
        await gateway.leave();
        await parts.at(-1)?.kill();
        await start();
      },
    });
  } finally {
    await gateway.leave();
    await parts.at(-1)?.kill();
    sandbox.dispose();
  }
}

interface PlayedCloud {
  readonly gateway: PlayedGateway;
  readonly api: ReturnType<typeof createApi>;
  /** kill -9, and a new process over the same folder. */
  dieAndReturn(): Promise<void>;
}

/** What anybody may see of the breach: every episode and ticket of the fence there ever was. */
async function seen(api: Product['api']) {
  const ofFence = (one: { subject: string }) => one.subject === subject;
  const episodes = (await api.episodes()).filter(ofFence).map((e) => ({
    subject: e.subject,
    rule: e.rule,
    onset: e.onset,
    detected: e.detected,
    end: e.end,
    state: e.state,
  }));
  const tickets = (await api.tickets())
    .filter(ofFence)
    .map((t) => ({ subject: t.subject, state: t.state }));
  return { episodes, tickets };
}

describe('a breach that must stand for ten minutes, while the cloud is killed at the sixth', () => {
  const t0 = Date.UTC(2026, 5, 1, 8);
  const at = (n: number) => t0 + n * minute;
  const opened = {
    episodes: [
      {
        subject,
        rule: 'fence-voltage-high',
        onset: t0,
        detected: at(10),
        end: null,
        state: 'standing',
      },
    ],
    tickets: [{ subject, state: 'new' }],
  };
  const none = { episodes: [], tickets: [] };

  it('opens at the tenth minute of event time: one episode, one ticket, also after one more death', async () => {
    await withCloud(async ({ gateway, api, dieAndReturn }) => {
      await gateway.say([played(point, at(-1), good)], at(-1));
      for (let n = 0; n <= 6; n += 1) await gateway.say([played(point, at(n), high)], at(n));
      await dieAndReturn();
      expect(gateway.accepted, 'nothing that was acknowledged comes again').toBe(8);
      expect(await seen(api)).toEqual(none);
      for (let n = 7; n <= 9; n += 1) await gateway.say([played(point, at(n), high)], at(n));
      await gateway.say([], at(10) - 1);
      expect(await seen(api), 'a millisecond before its time').toEqual(none);
      // No reading falls at the tenth minute: time alone fulfils the hold.
      await gateway.say([], at(10));
      expect(await seen(api)).toEqual(opened);
      await dieAndReturn();
      await gateway.say([played(point, at(11), high)], at(11));
      expect(await seen(api)).toEqual(opened);
    });
  });

  it('opens nothing when it was over at the ninth', async () => {
    await withCloud(async ({ gateway, api, dieAndReturn }) => {
      for (let n = 0; n <= 6; n += 1) await gateway.say([played(point, at(n), high)], at(n));
      await dieAndReturn();
      for (let n = 7; n <= 8; n += 1) await gateway.say([played(point, at(n), high)], at(n));
      for (let n = 9; n <= 12; n += 1) await gateway.say([played(point, at(n), good)], at(n));
      expect(await seen(api)).toEqual(none);
    });
  });
});

describe('the same, with devices that stamp what they measure, while the gateway is killed', () => {
  /** Says one level a minute of the last quarter of an hour; the gateway dies behind the sixth of the breach. */
  async function tell(product: Product, t0: number, levels: readonly number[]): Promise<void> {
    const say = async (from: number, some: readonly number[]) => {
      const device = await mqtt.connectAsync(product.sandbox.mqttUrl, { reconnectPeriod: 0 });
      for (const [i, fence_kv] of some.entries()) {
        const words = JSON.stringify({ at: t0 + (from + i) * minute, fence_kv });
        await device.publishAsync('caretaker/north-fence', words, { qos: 1 });
      }
      await device.endAsync();
    };
    await say(-1, levels.slice(0, 8));
    await product.parts.edge.kill();
    await product.restart('edge');
    await say(7, levels.slice(8));
    await untilJudged(product.api);
  }
  const highFor = (n: number) => Array.from({ length: n }, () => high);

  it('opens at the tenth minute of event time', async () => {
    await withProduct(estate, async (product) => {
      const t0 = Date.now() - 14 * minute;
      await tell(product, t0, [good, ...highFor(13)]);
      const { episodes, tickets } = await seen(product.api);
      expect(episodes).toEqual([
        expect.objectContaining({ subject, onset: t0, detected: t0 + 10 * minute, end: null }),
      ]);
      expect(tickets).toEqual([{ subject, state: 'new' }]);
    });
  });

  it('leaves nothing standing when it was over at the ninth', async () => {
    await withProduct(estate, async (product) => {
      const t0 = Date.now() - 14 * minute;
      await tell(product, t0, [good, ...highFor(9), good, good, good, good]);
      expect(withoutAbsences(await readStanding(product.api))).toEqual({
        episodes: [],
        tickets: [],
      });
    });
  });
});
