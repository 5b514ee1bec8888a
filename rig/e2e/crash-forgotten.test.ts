import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type Product, withProduct } from '../src/product/product.ts';
import { archiveEstate } from './archive.ts';
import { device, finish, level } from './loud-days.ts';

/** A few dozen readings: what is acknowledged is soon deleted. */
const segmentBytes = 2_048;

/** Segments that the gateway fills while the cloud stands still: time to forget what it must not. */
const segmentsMeanwhile = 8;

/** The passing of the place at which the cloud stands still, counted anew from each of its starts. */
const stalls = [4, 3, 3] as const;

/** Readings after which nobody waits any more for what they should bring about. */
const most = 50_000;

/** Segments of the gateway's journal, oldest first. */
function segments({ sandbox }: Product): string[] {
  const journal = join(sandbox.folder, 'edge/journal');
  return readdirSync(journal, { recursive: true, encoding: 'utf8' })
    .filter((name) => /seg/.test(name))
    .toSorted();
}

/** A device that measures only while something is to come of it, however slow the machine is. */
async function connectDevice({ sandbox }: Product) {
  const client = await mqtt.connectAsync(sandbox.mqttUrl, { reconnectPeriod: 0 });
  let sent = 0;
  return {
    /** Readings that the gateway has acknowledged. */
    sent: () => sent,
    /** Sends readings, each after the one before is acknowledged, until it holds. */
    async sendUntil(what: string, holds: () => boolean): Promise<void> {
      while (!holds()) {
        if (sent >= most) throw new Error(`${most} readings were not enough: ${what}`);
        const words = JSON.stringify(level(sent));
        await client.publishAsync(`caretaker/${device}`, words, { qos: 1 });
        sent += 1;
      }
    },
    leave: () => client.endAsync(),
  };
}

/** Where the cloud stands still, after the readings are stored and before their frame is committed. */
const place = 'cloud.after-store-write';

async function dieAgainAndAgain(product: Product, next: readonly (number | null)[]) {
  const [oldest] = segments(product);
  const sound = await connectDevice(product);
  for (const nth of next) {
    let stands = false;
    void product.parts.cloud.stalled.then(() => {
      stands = true;
    });
    await sound.sendUntil('the cloud stands still', () => stands);
    const before = new Set(segments(product));
    await sound.sendUntil('the gateway fills more segments', () => {
      return segments(product).filter((name) => !before.has(name)).length >= segmentsMeanwhile;
    });
    await product.parts.cloud.kill();
    await product.restart('cloud', nth === null ? undefined : { place, nth, stall: true });
  }
  await sound.sendUntil('the gateway has deleted what it began with', () => {
    return segments(product)[0] !== oldest;
  });
  await sound.leave();
  return { sent: sound.sent(), ...(await finish(product)) };
}

describe('a gateway that deletes what was acknowledged', () => {
  it('loses nothing to a cloud that again and again stands still over a frame and dies', async () => {
    const [first, ...more] = stalls;
    const run = await withProduct(
      archiveEstate,
      (product) => dieAgainAndAgain(product, [...more, null]),
      {
        killAt: { cloud: { place, nth: first, stall: true } },
        environment: { RIG_SEGMENT_BYTES: String(segmentBytes) },
      },
    );
    expect(run.losses, 'the gateway still had whatever the cloud had not committed').toBe(0);
    const times = run.stored.map(({ at }) => at);
    expect(new Set(times).size, 'each at most once').toBe(times.length);
    expect(times, 'each at least once').toHaveLength(run.sent);
  });
});
