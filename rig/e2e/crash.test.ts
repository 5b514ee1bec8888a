import { beforeAll, describe, expect, it } from 'vitest';
import { withProduct } from '../src/product/product.ts';
import { archiveEstate } from './archive.ts';
import { type Run, rows, runReplay } from './loud-days.ts';

const places = [
  ['edge', 'edge.before-sync', 4],
  ['edge', 'edge.after-sync', 4],
  ['edge', 'edge.frame-sent', 4],
  ['edge', 'edge.ack-received', 3],
  ['cloud', 'cloud.frame-received', 4],
  ['cloud', 'cloud.after-store-write', 3],
  ['cloud', 'cloud.before-ack', 3],
] as const;

describe('a replay through which a part is killed', () => {
  let reference: Run;

  beforeAll(async () => {
    reference = await withProduct(archiveEstate, (product) => runReplay(product, async () => {}));
  });

  it('has episodes and tickets to compare', () => {
    expect(reference.standing.episodes.length).toBeGreaterThanOrEqual(5);
    expect(reference.standing.tickets.length).toBeGreaterThanOrEqual(1);
    expect(reference.stored).toHaveLength(rows);
  });

  it.each(places)('%s at %s, passing %d', async (name, place, nth) => {
    const run = await withProduct(
      archiveEstate,
      (product) =>
        runReplay(product, async (finished) => {
          const signal = await product.parts[name].gone;
          expect(signal).toBe('SIGKILL');
          expect(finished(), 'it died with messages in flight').toBe(false);
          await product.restart(name);
        }),
      { killAt: { [name]: { place, nth } } },
    );
    expect(run.acknowledged).toBe(rows);
    const seen = new Set(run.stored.map(({ at }) => at));
    expect(seen.size, 'each at most once').toBe(run.stored.length);
    expect(run.stored.map(({ at, value }) => [at, value])).toEqual(
      reference.stored.map(({ at, value }) => [at, value]),
    );
    expect(run.standing).toEqual(reference.standing);
  });
});
