import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Product, withProduct } from '../src/product/product.ts';
import { until } from '../src/servers/process.ts';
import { archiveEstate } from './archive.ts';
import { rows, runReplay } from './loud-days.ts';

/** A few dozen readings: what is acknowledged is soon deleted. */
const segmentBytes = 2_048;

/** Segments that the gateway fills while the cloud stands still: time to forget what it must not. */
const segmentsMeanwhile = 8;

/** The passing of the place at which the cloud stands still, counted anew from each of its starts. */
const stalls = [4, 3, 3] as const;

/** Times faster than recorded: about twelve seconds, so that each death comes while readings do. */
const speed = 20_000;

/** Segments of the gateway's journal, oldest first. */
function segments({ sandbox }: Product): string[] {
  const journal = join(sandbox.folder, 'edge/journal');
  return readdirSync(journal, { recursive: true, encoding: 'utf8' })
    .filter((name) => /seg/.test(name))
    .toSorted();
}

/** Resolves when the gateway has filled some segments more than it has now. */
async function untilFilled(product: Product): Promise<void> {
  const before = new Set(segments(product));
  await until('the gateway fills more segments', () => {
    return segments(product).filter((name) => !before.has(name)).length >= segmentsMeanwhile;
  });
}

/** Where the cloud stands still, after the readings are stored and before their frame is committed. */
const place = 'cloud.after-store-write';

describe('a gateway that deletes what was acknowledged', () => {
  it('loses nothing to a cloud that again and again stands still over a frame and dies', async () => {
    const [first, ...more] = stalls.map((nth) => ({ place, nth, stall: true }));
    const run = await withProduct(
      archiveEstate,
      (product) => {
        const [oldest] = segments(product);
        const dieAndReturn = async (finished: () => boolean) => {
          for (const next of [...more, undefined]) {
            await product.parts.cloud.stalled;
            await untilFilled(product);
            expect(finished(), 'it stood still with messages in flight').toBe(false);
            await product.parts.cloud.kill();
            await product.restart('cloud', next);
          }
          await until('the gateway has deleted what it began with', () => {
            return segments(product)[0] !== oldest;
          });
        };
        return runReplay(product, dieAndReturn, speed);
      },
      {
        ...(first === undefined ? {} : { killAt: { cloud: first } }),
        environment: { RIG_SEGMENT_BYTES: String(segmentBytes) },
      },
    );
    expect(run.acknowledged).toBe(rows);
    expect(run.losses, 'the gateway still had whatever the cloud had not committed').toBe(0);
    const times = run.stored.map(({ at }) => at);
    expect(new Set(times).size, 'each at most once').toBe(times.length);
    expect(times, 'each at least once').toHaveLength(rows);
  });
});
