import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withProduct } from '../src/product/product.ts';
import { readStanding } from '../src/product/standing.ts';
import { archiveEstate, replayInto, samples } from './archive.ts';

const sample = join(samples, 'noisy-evening.csv');
const perHour = 60;

/** The file with the rows of each hour in another order, the same on every run. */
function shuffledWithinHours(text: string): string {
  const [header = '', ...rows] = text.trim().split('\n');
  const lines = [header];
  for (let hour = 0; hour * perHour < rows.length; hour += 1) {
    const own = rows.slice(hour * perHour, (hour + 1) * perHour);
    // 37 and 60 have no common factor, so this visits every row of the hour once.
    lines.push(...own.map((_, i) => own[(i * 37 + hour) % own.length] ?? ''));
  }
  return `${lines.join('\n')}\n`;
}

describe('the same readings in another way', () => {
  it('once, twice, and shuffled within each hour stand for the same episodes and tickets', async () => {
    const once = await withProduct(archiveEstate, async (product) => {
      await replayInto(product, sample, null);
      const first = await readStanding(product.api);
      await replayInto(product, sample, null);
      expect(await readStanding(product.api), 'replayed twice').toEqual(first);
      return first;
    });
    expect(once.episodes.length).toBeGreaterThanOrEqual(1);
    expect(once.tickets.length).toBeGreaterThanOrEqual(1);

    const shuffled = await withProduct(archiveEstate, async (product) => {
      const file = join(product.sandbox.folder, 'shuffled.csv');
      const text = shuffledWithinHours(readFileSync(sample, 'utf8'));
      expect(text).not.toBe(readFileSync(sample, 'utf8'));
      expect(text.split('\n').toSorted()).toEqual(
        readFileSync(sample, 'utf8').split('\n').toSorted(),
      );
      writeFileSync(file, text);
      await replayInto(product, file, null);
      return readStanding(product.api);
    });
    expect(shuffled).toEqual(once);
  });
});
